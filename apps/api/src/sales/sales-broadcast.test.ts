import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ApiContext } from '../api-context.ts'
import type { CollectedSales } from './collect-sales.ts'
import { createSalesBroadcast } from './sales-broadcast.ts'

const noSales: CollectedSales = { atMs: Date.parse('2026-11-26T10:30:00Z'), sales: [], ended: [], hasMore: false }

/** A broadcast that collects this instead of asking the stores. */
function broadcastOf(collect: () => Promise<CollectedSales>) {
  const broadcast = createSalesBroadcast({} as ApiContext, silentLogger, () => collect)
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
    for (let i = 0; i < count; i += 1) await broadcast.first()
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
    for (let i = 0; i < count; i += 1) broadcast.first().catch(() => (refusedCount += 1))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(refusedCount).toBe(count)
  }
  await giveUp(200)
  const before = usedBytes()
  for (let i = 0; i < 15; i += 1) await giveUp(200)
  expect(usedBytes() - before).toBeLessThan(2_000_000)
})
