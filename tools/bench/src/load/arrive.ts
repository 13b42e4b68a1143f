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

interface Crowd {
  readonly plan: ArrivalPlan
  readonly requests: Iterator<Buffer>
  readonly seconds: readonly ArrivalSecond[]
  readonly startedAtMs: number
  /** Connections with a request under way. */
  readonly open: Set<Connection>
}

const lateCheckMs = 100

/** Resolves when every request has its answer or has failed. */
export async function arrive(plan: ArrivalPlan): Promise<{ readonly seconds: readonly ArrivalSecond[] }> {
  const requests = requestsOfNewBuyers(plan.newBuyers, plan.port).values()
  const seconds = Array.from({ length: plan.seconds }, emptySecond)
  const crowd: Crowd = { plan, requests, seconds, startedAtMs: performance.now(), open: new Set() }
  const late = setInterval(() => loseLate(crowd), lateCheckMs)
  await Promise.all(Array.from({ length: plan.connectionCount }, () => comeAndOrder(crowd)))
  clearInterval(late)
  return { seconds }
}

async function comeAndOrder(crowd: Crowd): Promise<void> {
  const cameAtMs = performance.now()
  try {
    await orderUntilOver(crowd, await openConnection({ port: crowd.plan.port, requests: [] }), cameAtMs)
  } catch (error) {
    countFailure(crowd, cameAtMs, error instanceof Error ? error.message : String(error))
  }
}

function orderUntilOver(crowd: Crowd, connection: Connection, cameAtMs: number): Promise<void> {
  const { onArrival } = connection
  const endsAtMs = crowd.startedAtMs + crowd.plan.seconds * 1_000
  const read = createAnswerReader()
  crowd.open.add(connection)
  return new Promise((resolve) => {
    const finish = () => {
      crowd.open.delete(connection)
      onArrival.lose = () => undefined
      connection.socket.destroy()
      resolve()
    }
    onArrival.lose = (reason) => {
      countFailure(crowd, connection.sentAtMs, reason)
      finish()
    }
    onArrival.take = (bytes) => {
      const answer = read(bytes)
      if (!answer) return
      const nowMs = performance.now()
      countAnswer(crowd, connection.sentAtMs, nowMs, answer.status)
      if (nowMs < endsAtMs) send(crowd, connection, nowMs)
      else finish()
    }
    send(crowd, connection, cameAtMs)
  })
}

/** The first request of a connection began when the connection did. */
function send({ requests }: Crowd, connection: Connection, beganAtMs: number): void {
  const { value, done } = requests.next()
  if (done) throw new Error('there were fewer buyers than orders: the plan needs more of them')
  connection.sentAtMs = beganAtMs
  connection.socket.write(value)
}

function countAnswer(crowd: Crowd, beganAtMs: number, nowMs: number, status: number): void {
  const { durations, answersByStatus } = secondOf(crowd, beganAtMs)
  durations[durationBucketOf(nowMs - beganAtMs)]! += 1
  answersByStatus[status] = (answersByStatus[status] ?? 0) + 1
}

function countFailure(crowd: Crowd, beganAtMs: number, reason: string): void {
  const { failures } = secondOf(crowd, beganAtMs)
  failures[reason] = (failures[reason] ?? 0) + 1
}

function secondOf({ seconds, startedAtMs }: Crowd, beganAtMs: number): ArrivalSecond {
  return seconds[Math.floor((beganAtMs - startedAtMs) / 1_000)] ?? seconds.at(-1)!
}

function emptySecond(): ArrivalSecond {
  return { durations: createDurationBuckets(), answersByStatus: {}, failures: {} }
}

function loseLate({ open, plan: { answerWithinMs } }: Crowd): void {
  const latestMs = performance.now() - answerWithinMs
  for (const { sentAtMs, onArrival } of open) {
    if (sentAtMs < latestMs) onArrival.lose(`no answer in ${answerWithinMs} ms`)
  }
}
