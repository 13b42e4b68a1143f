import { createLogger } from '@flash-sale/runtime/logger'
import { expect, test } from 'vitest'
import type { ApiContext } from '../api-context.ts'
import { createApp } from '../app.ts'
import { createOrderCounts } from '../live/count-orders.ts'
import { warmUp } from './warm-up.ts'

/** Whatever is asked of it, or called on it, fails. */
function untouchable(name: string): never {
  const fail = () => {
    throw new Error(`the warm-up touched ${name}`)
  }
  return new Proxy({}, { get: fail, set: fail, has: fail, ownKeys: fail }) as never
}

function contextWith(counts: ApiContext['counts']): ApiContext {
  const context: Partial<ApiContext> = {
    stores: { redis: untouchable('Redis'), database: untouchable('Postgres'), locks: untouchable('the locks') },
    readRedis: untouchable('the reads of Redis'),
    orderRedis: untouchable('the connection for orders'),
    ledgers: untouchable('the ledgers'),
    batcher: untouchable('the batcher'),
    accepted: untouchable('the memory of accepted orders'),
    standing: untouchable('the standing of Redis'),
    stopping: new AbortController().signal,
    counts,
  }
  return context as ApiContext
}

const logger = createLogger({ name: 'test', level: 'silent' })

test('made-up orders go the way of real ones, and touch no store and no count', async () => {
  const counts = createOrderCounts()
  const app = createApp(logger)
  const acceptedCount = await warmUp(app, contextWith(counts), { orderCount: 300, withinMs: 60_000 })
  expect(acceptedCount).toBe(300)
  expect(counts.totals).toEqual(createOrderCounts().totals)
  expect(counts.durations).toEqual(createOrderCounts().durations)
  expect(app.server.listening).toBe(false)
})

test('a warm-up is over when its time is over, however many orders are left', async () => {
  const context = contextWith(createOrderCounts())
  const acceptedCount = await warmUp(createApp(logger), context, { orderCount: Infinity, withinMs: 300 })
  expect(acceptedCount).toBeGreaterThan(0)
})
