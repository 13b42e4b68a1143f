import { createLocks } from '@flash-sale/lock/locks'
import { itemLockName } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { withBench } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, test } from 'vitest'
import { fillLedger } from './fill-ledger.ts'
import { fillWhileFrozen } from './fill-while-frozen.ts'

const bench = withBench()
const options = { orderCount: 100, batchSize: 64 }

async function openItem(): Promise<number> {
  const itemId = await createTestItem(bench.testStores.database.url, { total: 1_000, purchaseLimit: 1 })
  await rebuildItem(bench.stores, itemId, { waitMs: 1_000, onlyIfUnsound: true })
  return itemId
}

function holdLease(itemId: number): Promise<{ release: () => Promise<unknown> }> {
  return createLocks(bench.stores.redis).acquire(itemLockName(itemId), { leaseMs: 60_000, waitMs: 1_000 })
}

test('an item that the worker holds for a moment is filled once it is free', async () => {
  const itemId = await openItem()
  const lease = await holdLease(itemId)
  const filling = fillLedger(bench.stores.redis, itemId, options)
  const isEarly = await Promise.race([
    filling.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 50, false)),
  ])
  expect(isEarly).toBe(false)
  await lease.release()
  await filling
  expect(await readLedger(bench.stores.redis, itemId)).toMatchObject({ available: 900 })
})

test(
  'an item that is filled while the worker is stopped is none that the worker can hold',
  { timeout: 30_000 },
  async () => {
    let isFrozen = false
    let lease: { release: () => Promise<unknown> } | undefined
    const worker = { kill: (signal: NodeJS.Signals) => void (isFrozen = signal === 'SIGSTOP') }
    const openBesideWorker = async () => {
      const itemId = await openItem()
      // The worker's sweep sees the item in Postgres, waits for its lease and gets it from whoever made the ledger.
      if (!isFrozen) lease = await holdLease(itemId)
      return itemId
    }
    const itemId = await fillWhileFrozen(bench.stores.redis, worker, openBesideWorker, options)
    expect(await readLedger(bench.stores.redis, itemId)).toMatchObject({ available: 900 })
    expect(isFrozen).toBe(false)
    expect(lease).toBeUndefined()
  },
)
