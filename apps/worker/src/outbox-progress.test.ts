import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import { createOutboxProgress } from './outbox-progress.ts'

const standstillMs = 200

async function watchOutboxes() {
  const { redis, close } = await connectTestRedis()
  onTestFinished(close)
  const progress = createOutboxProgress(redis, standstillMs)
  const add = (itemId: number) => redis.xadd(ledgerKeys(itemId).outbox, '*', 'field', 'value')
  const look = async (...itemIds: number[]) => {
    for (const itemId of itemIds) {
      const [oldest] = await redis.xrange(ledgerKeys(itemId).outbox, '-', '+', 'COUNT', 1)
      progress.looked(itemId, { oldestEntryId: oldest?.[0] } as LedgerView)
    }
  }
  const standsStill = () =>
    eventually(async () => (await progress.findStandstill()) !== undefined, { what: 'a standstill' })
  return { redis, progress, add, look, standsStill }
}

test('orders that wait for long while none goes are a standstill, until one goes', async () => {
  const { redis, progress, add, look, standsStill } = await watchOutboxes()
  const entryId = await add(1)
  await add(1)
  await look(1, 2)
  expect(await progress.findStandstill()).toBeUndefined()
  await standsStill()
  await redis.xdel(ledgerKeys(1).outbox, entryId!)
  await look(1, 2)
  expect(await progress.findStandstill()).toBeUndefined()
  await standsStill()
})

test('orders of one item that stay are none while those of another go', async () => {
  const { redis, progress, add, look, standsStill } = await watchOutboxes()
  await add(1)
  await add(2)
  await look(1, 2)
  await standsStill()
  await redis.del(ledgerKeys(2).outbox)
  await look(1, 2)
  expect(await progress.findStandstill()).toBeUndefined()
})

test('an outbox that another worker emptied, and that is not looked at any more, is none', async () => {
  const { redis, progress, add, look, standsStill } = await watchOutboxes()
  await add(1)
  await look(1)
  await standsStill()
  await redis.del(ledgerKeys(1).outbox)
  expect(await progress.findStandstill()).toBeUndefined()
  await look(2)
  expect(await progress.findStandstill()).toBeUndefined()
})

test('empty outboxes, and those of ledgers that are being rebuilt, are none, however long', async () => {
  const { progress, add, look, standsStill } = await watchOutboxes()
  await add(1)
  await look(1)
  await standsStill()
  progress.looked(1, 'NOT_LOADED')
  await look(2)
  expect(await progress.findStandstill()).toBeUndefined()
})
