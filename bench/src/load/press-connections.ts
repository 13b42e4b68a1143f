import { connect, type Socket } from 'node:net'
import { createDurationBuckets, durationBucketOf } from '@flash-sale/runtime/process-report-durations'
import { createAnswerReader } from './answer-reader.ts'

/** What is to be sent, as it goes over the wire. */
export interface PressPlan {
  readonly connections: readonly ConnectionPlan[]
  /** Nothing is sent after this; what is under way then is still waited for. */
  readonly durationMs: number
  /** Ends earlier, when each connection has sent all of its requests so many times. */
  readonly lapsMax?: number
  /** A request without an answer for so long fails the press. */
  readonly answerWithinMs: number
  /** Counts the answers that carry this header. */
  readonly countedHeader?: string
}

interface ConnectionPlan {
  readonly port: number
  /** Whole HTTP requests, sent in turns, each when the one before it was answered. */
  readonly requests: readonly string[]
}

/** What came of it. */
export interface PressCounts {
  /** From the first request to the end of the time or, if that came first, to the last answer. */
  readonly windowMs: number
  readonly answersInWindow: number
  readonly answersByStatus: Record<string, number>
  /** In the order of the plan. */
  readonly answersByConnection: readonly number[]
  readonly countedHeaders: number
  /** As durationBucketOf counts. */
  readonly durations: readonly number[]
  /** Requests without an answer, by reason. */
  readonly failures: Record<string, number>
}

interface Connection {
  readonly socket: Socket
  readonly requests: readonly Buffer[]
  readonly onArrival: { take: (bytes: Buffer) => void; lose: (reason: string) => void }
  sentCount: number
  answeredCount: number
  /** When the request under way was sent; 0 when none is. */
  sentAtMs: number
}

const deadlineCheckMs = 100
const readBufferBytes = 16 * 1_024
const connectWithinMs = 5_000

/**
 * Sends as fast as the answers come, on connections of its own, one request at a time on each.
 *
 * Why not a load generator from the shelf: on a small machine the generator has the same cores as what it measures, and one that
 * costs as much for a request as the server does measures itself. This one writes requests that were built before, on plain
 * sockets, reads no more of an answer than its status and its length, and so takes about a tenth of that.
 */
export async function pressConnections(plan: PressPlan): Promise<PressCounts> {
  const connections = await Promise.all(plan.connections.map(openConnection))
  const counts = {
    answersInWindow: 0,
    answersByStatus: {} as Record<string, number>,
    countedHeaders: 0,
    durations: createDurationBuckets(),
    failures: {} as Record<string, number>,
  }
  let busyCount = connections.length
  const startedAtMs = performance.now()
  const endsAtMs = startedAtMs + plan.durationMs
  let lastAnswerAtMs = startedAtMs

  await new Promise<void>((resolve) => {
    const deadline = setInterval(() => {
      const latestMs = performance.now() - plan.answerWithinMs
      for (const { sentAtMs, onArrival } of connections) {
        if (sentAtMs > 0 && sentAtMs < latestMs) onArrival.lose(`no answer in ${plan.answerWithinMs} ms`)
      }
    }, deadlineCheckMs)
    const stop = (connection: Connection) => {
      connection.sentAtMs = 0
      connection.socket.destroy()
      busyCount -= 1
      if (busyCount > 0) return
      clearInterval(deadline)
      resolve()
    }
    const send = (connection: Connection, nowMs: number) => {
      const { requests, sentCount } = connection
      if (nowMs >= endsAtMs || sentCount >= (plan.lapsMax ?? Infinity) * requests.length) return stop(connection)
      connection.sentAtMs = nowMs
      connection.socket.write(requests[sentCount % requests.length]!)
      connection.sentCount += 1
    }
    for (const connection of connections) {
      const read = createAnswerReader(plan.countedHeader)
      connection.onArrival.lose = (reason) => {
        if (connection.sentAtMs === 0) return
        counts.failures[reason] = (counts.failures[reason] ?? 0) + 1
        stop(connection)
      }
      connection.onArrival.take = (bytes) => {
        const answer = read(bytes)
        if (!answer) return
        const nowMs = performance.now()
        counts.durations[durationBucketOf(nowMs - connection.sentAtMs)]! += 1
        counts.answersByStatus[answer.status] = (counts.answersByStatus[answer.status] ?? 0) + 1
        if (answer.isCounted) counts.countedHeaders += 1
        if (nowMs <= endsAtMs) {
          counts.answersInWindow += 1
          lastAnswerAtMs = nowMs
        }
        connection.answeredCount += 1
        send(connection, nowMs)
      }
    }
    for (const connection of connections) send(connection, performance.now())
  })
  const isOverBefore = plan.lapsMax !== undefined && performance.now() < endsAtMs
  return {
    ...counts,
    windowMs: isOverBefore ? lastAnswerAtMs - startedAtMs : plan.durationMs,
    answersByConnection: connections.map((connection) => connection.answeredCount),
  }
}

/** Resolves when connected, so that connecting is no part of what is measured. */
function openConnection({ port, requests }: ConnectionPlan): Promise<Connection> {
  const onArrival: Connection['onArrival'] = { take: () => undefined, lose: () => undefined }
  // One piece of memory for the life of the connection, instead of a new one for each answer.
  const memory = Buffer.allocUnsafe(readBufferBytes)
  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: memory,
      callback: (length) => {
        try {
          onArrival.take(memory.subarray(0, length))
        } catch (error) {
          onArrival.lose(error instanceof Error ? error.message : String(error))
        }
        return true
      },
    },
  })
  socket.on('error', (error: NodeJS.ErrnoException) => onArrival.lose(error.code ?? error.message))
  socket.on('close', () => onArrival.lose('the connection was closed'))
  socket.on('end', () => onArrival.lose('the connection was closed'))
  return new Promise((resolve, reject) => {
    socket.setTimeout(connectWithinMs, () => socket.destroy(new Error(`no connection in ${connectWithinMs} ms`)))
    socket.once('error', (error) => reject(new Error(`no connection to port ${port}: ${error.message}`)))
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve({
        socket,
        requests: requests.map((request) => Buffer.from(request)),
        onArrival,
        sentCount: 0,
        answeredCount: 0,
        sentAtMs: 0,
      })
    })
  })
}
