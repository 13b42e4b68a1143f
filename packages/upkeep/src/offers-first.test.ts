import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { newSale, withBench } from '@flash-sale/testing/test-sale'
import { expect, test } from 'vitest'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()

test('a ledger that takes offers only still does after an operator has it rebuilt, and a whole one sells at once', async () => {
  const { itemId } = await newSale(bench, { total: 4, purchaseLimit: 1 })
  const offersUntil = () => bench.stores.redis.hget(ledgerKeys(itemId).ledger, 'offersUntil')
  const asOperator = { waitMs: 5_000, onlyIfUnsound: false, liveApis: 'UNKNOWN', offersWithinMs: 60_000 } as const
  await rebuildItem(bench.stores, itemId, asOperator)
  expect(await offersUntil()).toBeNull()

  await bench.stores.redis.del(...Object.values(ledgerKeys(itemId)))
  const asSweep = { waitMs: 5_000, onlyIfUnsound: true, liveApis: ['api-1'], offersWithinMs: 60_000 }
  await rebuildItem(bench.stores, itemId, asSweep)
  expect(await offersUntil()).not.toBeNull()
  await rebuildItem(bench.stores, itemId, asOperator)
  expect(await offersUntil()).not.toBeNull()
})

test('of an item that was seen before it had a ledger, though it has one, nobody knows which processes to wait for', async () => {
  const { itemId } = await newSale(bench, { total: 4, purchaseLimit: 1 })
  const { redis } = bench.stores
  const { ledger, orders } = ledgerKeys(itemId)
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: false })
  const birth = (await redis.hget(ledger, 'birth'))!
  await redis.del(orders)
  await redis.hset(ledger, 'stamp', 'f'.repeat(40))
  const seen = { birth, epoch: 0, sequence: 0 }
  await rebuildItem(bench.stores, itemId, {
    waitMs: 5_000,
    onlyIfUnsound: true,
    liveApis: [],
    offersWithinMs: 60_000,
    seen,
  })
  expect(await redis.hget(ledger, 'offersUntil')).not.toBeNull()
})
