import { createDurationBuckets, durationBucketOf } from '@flash-sale/reports/process-report-durations'
import { createAnswerReader } from './answer-reader.ts'
import { requestsOfNewBuyers, type NewBuyers } from './new-buyers.ts'
import { openConnection, type Connection } from './open-connection.ts'

/** Connections that arrive all at once. Each sends the order of a new buyer as soon as it is connected, and of another one after each answer. */
export interface ArrivalPlan {
  readonly port: number
  readonly connectionCount: number
  readonly seconds: number
  readonly newBuyers: NewBuyers
  /** A request without an answer for this long counts as failed. */
  readonly answerWithinMs: number
}

/** What came of the requests that began in one second. The first of each connection begins with its connecting. */
export interface ArrivalSecond {
  /** As durationBucketOf counts. */
  readonly durations: number[]
  readonly answersByStatus: Record<string, number>
  /** Requests without an answer, by reason. */
  readonly failures: Record<string, number>
}

const lateCheckMs = 100

/** Resolves when every request has its answer or has failed. */
export async function arrive(plan: ArrivalPlan): Promise<{ readonly seconds: readonly ArrivalSecond[] }> {
  const requests = requestsOfNewBuyers(plan.newBuyers, plan.port).values()
  const seconds = Array.from({ length: plan.seconds }, emptySecond)
  const open = new Set<Connection>()
  const startedAtMs = performance.now()
  const endsAtMs = startedAtMs + plan.seconds * 1_000
  const secondOf = (beganAtMs: number) => seconds[Math.floor((beganAtMs - startedAtMs) / 1_000)] ?? seconds.at(-1)!
  const fail = (beganAtMs: number, reason: string) => {
    const { failures } = secondOf(beganAtMs)
    failures[reason] = (failures[reason] ?? 0) + 1
  }
  const nextRequest = () => {
    const { value } = requests.next()
    if (!value) throw new Error('there were fewer buyers than orders: the plan needs more of them')
    return value
  }

  async function comeAndOrder(): Promise<void> {
    const cameAtMs = performance.now()
    try {
      const connection = await openConnection({ port: plan.port, requests: [] })
      await orderUntilOver(connection, cameAtMs)
    } catch (error) {
      fail(cameAtMs, error instanceof Error ? error.message : String(error))
    }
  }

  function orderUntilOver(connection: Connection, cameAtMs: number): Promise<void> {
    const { socket, onArrival } = connection
    const read = createAnswerReader()
    open.add(connection)
    return new Promise((resolve) => {
      const finish = () => {
        open.delete(connection)
        onArrival.lose = () => undefined
        socket.destroy()
        resolve()
      }
      const send = (beganAtMs: number) => {
        connection.sentAtMs = beganAtMs
        socket.write(nextRequest())
      }
      onArrival.lose = (reason) => {
        fail(connection.sentAtMs, reason)
        finish()
      }
      onArrival.take = (bytes) => {
        const answer = read(bytes)
        if (!answer) return
        const nowMs = performance.now()
        const { durations, answersByStatus } = secondOf(connection.sentAtMs)
        durations[durationBucketOf(nowMs - connection.sentAtMs)]! += 1
        answersByStatus[answer.status] = (answersByStatus[answer.status] ?? 0) + 1
        if (nowMs < endsAtMs) send(nowMs)
        else finish()
      }
      send(cameAtMs)
    })
  }

  const late = setInterval(() => {
    const latestMs = performance.now() - plan.answerWithinMs
    for (const { sentAtMs, onArrival } of open) {
      if (sentAtMs < latestMs) onArrival.lose(`no answer in ${plan.answerWithinMs} ms`)
    }
  }, lateCheckMs)
  await Promise.all(Array.from({ length: plan.connectionCount }, comeAndOrder))
  clearInterval(late)
  return { seconds }
}

function emptySecond(): ArrivalSecond {
  return { durations: createDurationBuckets(), answersByStatus: {}, failures: {} }
}
