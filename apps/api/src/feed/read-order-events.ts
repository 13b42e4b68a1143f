import { setTimeout as sleep } from 'node:timers/promises'
import { eventCountDefault, OrderEvents, OrderEventsQuery } from '@flash-sale/contract/order-events'
import { readOrderEvents, type PlacedEvent } from '@flash-sale/database/feed/order-events'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { cursorBehind, placeOfCursor } from './feed-cursor.ts'

const schema = {
  operationId: 'readOrderEvents',
  summary: 'Read what became of orders, in order',
  description:
    'Every change of an order to confirmed, rejected, paid, cancelled or expired, once, and no change of an order before an earlier one.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: OrderEventsQuery,
  response: {
    200: withHeaders(OrderEvents, 'cache-control'),
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'CURSOR_NOT_KNOWN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 5_000
/** Whoever waits costs Postgres a small statement this often. */
const lookEveryMs = 250
/** Beyond this many, a reader gets its answer at once. */
const waitingCountMax = 50

/** GET /v1/ops/order-events */
export function readOrderEventsRoute(app: Api, { stores, reads, horizon, stopping }: ApiContext): void {
  const { database } = stores
  let waitingCount = 0

  app.get('/v1/ops/order-events', { schema }, async (request, reply) => {
    const { after: cursor, limit, wait } = request.query
    const limitCount = limit === undefined ? eventCountDefault : Number(limit)
    const find = () => placeOfCursor(database, cursor!)
    const after = cursor === undefined ? 0n : await reads.runWithin(find, readWithinMs, 'Postgres')
    if (after === 'INVALID')
      return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that the feed gave.' })
    if (after === 'OF_ANOTHER_HISTORY') return sendProblem(reply, 'CURSOR_NOT_KNOWN')
    const isLeft = () => stopping.aborted || request.raw.socket.destroyed
    const events = await readOrWait(after, limitCount, Number(wait ?? 0) * 1_000, isLeft)
    const last = events.at(-1)
    const next = last ? cursorBehind(last) : cursor
    return reply
      .header('cache-control', 'no-store')
      .send({ events: events.map(({ event }) => event), ...(next !== undefined && { cursor: next }) })
  })

  async function readOrWait(
    after: bigint,
    limit: number,
    waitMs: number,
    isLeft: () => boolean,
  ): Promise<PlacedEvent[]> {
    const untilMs = performance.now() + waitMs
    const mayWait = () => performance.now() < untilMs && !isLeft()
    let events = await readOnce(after, limit)
    if (events.length > 0 || waitingCount >= waitingCountMax) return events
    waitingCount += 1
    try {
      while (events.length === 0 && mayWait()) {
        await sleep(Math.min(lookEveryMs, Math.max(0, untilMs - performance.now())))
        events = await readOnce(after, limit)
      }
    } finally {
      waitingCount -= 1
    }
    return events
  }

  function readOnce(after: bigint, limit: number): Promise<PlacedEvent[]> {
    const read = async () => {
      const upTo = await horizon.read(after)
      return upTo <= after ? [] : readOrderEvents(database, { after, upTo }, limit)
    }
    return reads.runWithin(read, readWithinMs, 'Postgres')
  }
}
