import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { StoreUnansweredError } from '@flash-sale/runtime/answer-within'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ApiContext } from '../api-context.ts'
import type { CollectedSales } from './collect-sales.ts'
import { createHeadStart } from './head-start.ts'
import { createSalesBroadcast } from './sales-broadcast.ts'

const noSales: CollectedSales = { atMs: Date.parse('2026-11-26T10:30:00Z'), sales: [], ended: [], hasMore: false }

/** A broadcast that collects this instead of asking the stores. */
function broadcastOf(collect: () => Promise<CollectedSales>) {
  const broadcast = createSalesBroadcast({} as ApiContext, createHeadStart(), silentLogger, () => collect)
  onTestFinished(broadcast.close)
  return broadcast
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function usedBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test('a listener that comes and goes while there is no news leaves nothing in memory', async () => {
  const broadcast = broadcastOf(async () => noSales)
  const comeAndGo = async (count: number) => {
    for (let i = 0; i < count; i += 1) await broadcast.firstEvent()
  }
  await comeAndGo(1_000)
  const before = usedBytes()
  await comeAndGo(50_000)
  expect(usedBytes() - before).toBeLessThan(2_000_000)
})

test('listeners that give up while the stores do not answer leave nothing in memory', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const broadcast = broadcastOf(() => new Promise(() => undefined))
  const giveUp = async (count: number) => {
    let refusedCount = 0
    for (let i = 0; i < count; i += 1) broadcast.firstEvent().catch(() => (refusedCount += 1))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(refusedCount).toBe(count)
  }
  await giveUp(200)
  const before = usedBytes()
  for (let i = 0; i < 15; i += 1) await giveUp(200)
  expect(usedBytes() - before).toBeLessThan(2_000_000)
})

/** Longer than collecting goes on without listeners. */
const lingeredMs = 11_000

test('after a time without listeners the sales are collected anew, not from what Postgres said before it', async () => {
  const now = performance.now.bind(performance)
  let passedMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now() + passedMs)
  onTestFinished(() => void vi.restoreAllMocks())
  let collectorCount = 0
  const broadcast = createSalesBroadcast({} as ApiContext, createHeadStart(), silentLogger, () => {
    collectorCount += 1
    const atMs = collectorCount * 1_000
    return async () => ({ ...noSales, atMs })
  })
  onTestFinished(broadcast.close)
  expect(String(await broadcast.firstEvent())).toContain('00:00:01')
  await eventually(
    async () => {
      const first = String(await broadcast.firstEvent())
      passedMs += lingeredMs
      return first.includes('00:00:02')
    },
    { what: 'a new collection', timeoutMs: 1_000 * lingeredMs },
  )
})

test('a listener that waits for its first event is refused when the process stops, and keeps no process waiting', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const broadcast = broadcastOf(() => new Promise(() => undefined))
  const refused = vi.fn<(error: unknown) => void>()
  broadcast.firstEvent().catch(refused)
  broadcast.close()
  broadcast.firstEvent().catch(refused)
  await new Promise((resolve) => setImmediate(resolve))
  expect(refused).toHaveBeenCalledTimes(2)
  expect(refused).toHaveBeenCalledWith(expect.any(StoreUnansweredError))
})
