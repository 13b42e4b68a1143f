import { createDurationBuckets, durationBucketOf } from '@flash-sale/reports/process-report-durations'
import { createAnswerReader } from './answer-reader.ts'
import { requestsOfNewBuyers, type NewBuyers } from './new-buyers.ts'
import { openConnection, type Connection, type ConnectionPlan } from './open-connection.ts'

/** The requests to send, as bytes. */
export interface PressPlan {
  readonly connections: readonly ConnectionPlan[]
  /** All connections together send the requests of these instead, each once. */
  readonly newBuyers?: NewBuyers
  /** No request is sent after this time. Answers to earlier requests are still awaited. */
  readonly durationMs: number
  /** Ends earlier, when each connection has sent all of its requests so many times. */
  readonly lapsMax?: number
  /** The press fails if a request has no answer for this long. */
  readonly answerWithinMs: number
  /** Counts the answers that carry this header. */
  readonly countedHeader?: string
}

/** The result of a press. */
export interface PressCounts extends Readonly<Tally> {
  /** From the first request to the end of the time or, if that came first, to the last answer. */
  readonly windowMs: number
  /** In the order of the plan. */
  readonly answersByConnection: readonly number[]
}

interface Tally {
  answersInWindow: number
  readonly answersByStatus: Record<string, number>
  countedHeaders: number
  /** As durationBucketOf counts. */
  readonly durations: number[]
  /** Requests without an answer, by reason. */
  readonly failures: Record<string, number>
}

interface Press {
  readonly plan: PressPlan
  readonly endsAtMs: number
  readonly tally: Tally
  /** What a connection sends now; undefined if it has nothing more to send. */
  readonly nextOf: (connection: Connection) => Buffer | undefined
  lastAnswerAtMs: number
  /** Called once for each connection, when it has no more to do. */
  readonly onDone: () => void
}

const deadlineCheckMs = 100

/**
 * Sends as fast as the answers come, on connections of its own, one request at a time on each.
 *
 * Why it is not an existing load generator: on a small machine generator and server share the cores, and a generator that costs as much for
 * a request as the server does measures itself. This one writes prepared requests to plain sockets, reads only the status and the length
 * of an answer, and so costs a fraction of that.
 */
export async function pressConnections(plan: PressPlan): Promise<PressCounts> {
  const nextOf = nextRequests(plan)
  const connections = await Promise.all(plan.connections.map(openConnection))
  const startedAtMs = performance.now()
  const endsAtMs = startedAtMs + plan.durationMs
  const press = await new Promise<Press>((resolve) => {
    let busyCount = connections.length
    const deadline = setInterval(() => loseLate(connections, plan.answerWithinMs), deadlineCheckMs)
    const onDone = () => {
      busyCount -= 1
      if (busyCount > 0) return
      clearInterval(deadline)
      resolve(begun)
    }
    const begun: Press = { plan, endsAtMs, tally: emptyTally(), nextOf, lastAnswerAtMs: startedAtMs, onDone }
    for (const connection of connections) drive(connection, begun)
  })
  const endsByItself = plan.lapsMax !== undefined || plan.newBuyers !== undefined
  const isOverEarly = endsByItself && press.lastAnswerAtMs < endsAtMs
  return {
    ...press.tally,
    windowMs: isOverEarly ? press.lastAnswerAtMs - startedAtMs : plan.durationMs,
    answersByConnection: connections.map((connection) => connection.answeredCount),
  }
}

function nextRequests({ newBuyers, lapsMax = Infinity, connections }: PressPlan): Press['nextOf'] {
  if (newBuyers) {
    const requests = requestsOfNewBuyers(newBuyers, connections[0]!.port).values()
    return () => requests.next().value
  }
  return ({ requests, sentCount }) =>
    sentCount < lapsMax * requests.length ? requests[sentCount % requests.length] : undefined
}

function emptyTally(): Tally {
  return {
    answersInWindow: 0,
    answersByStatus: {},
    countedHeaders: 0,
    durations: createDurationBuckets(),
    failures: {},
  }
}

function drive(connection: Connection, press: Press): void {
  const { tally, plan, endsAtMs } = press
  const read = createAnswerReader(plan.countedHeader)
  connection.onArrival.lose = (reason) => {
    if (connection.sentAtMs === 0) return
    tally.failures[reason] = (tally.failures[reason] ?? 0) + 1
    finish(connection, press)
  }
  connection.onArrival.take = (bytes) => {
    const answer = read(bytes)
    if (!answer) return
    const nowMs = performance.now()
    tally.durations[durationBucketOf(nowMs - connection.sentAtMs)]! += 1
    tally.answersByStatus[answer.status] = (tally.answersByStatus[answer.status] ?? 0) + 1
    if (answer.isCounted) tally.countedHeaders += 1
    if (nowMs <= endsAtMs) tally.answersInWindow += 1
    press.lastAnswerAtMs = nowMs
    connection.answeredCount += 1
    sendNext(connection, press, nowMs)
  }
  sendNext(connection, press, performance.now())
}

function sendNext(connection: Connection, press: Press, nowMs: number): void {
  const request = nowMs < press.endsAtMs ? press.nextOf(connection) : undefined
  if (!request) return finish(connection, press)
  connection.sentAtMs = nowMs
  connection.sentCount += 1
  connection.socket.write(request)
}

function finish(connection: Connection, { onDone }: Press): void {
  connection.sentAtMs = 0
  connection.socket.destroy()
  onDone()
}

function loseLate(connections: readonly Connection[], answerWithinMs: number): void {
  const latestMs = performance.now() - answerWithinMs
  for (const { sentAtMs, onArrival } of connections) {
    if (sentAtMs > 0 && sentAtMs < latestMs) onArrival.lose(`no answer in ${answerWithinMs} ms`)
  }
}
