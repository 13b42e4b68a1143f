import { OrderAccepted } from '@flash-sale/contract/orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

const none = { oversold: 0, undersold: 0, duplicates: 0, limitBreaches: 0, drift: 0, balanced: true }

async function place(buyer: string, itemId: number, quantity: number): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted).orderId
}

test('units are counted once each on their way: available, accepted, persisted, acknowledged', async () => {
  const { itemId } = await api.createItem({ total: 10, purchaseLimit: 3 })
  const fresh = {
    itemId,
    epoch: 1,
    total: 10,
    available: 10,
    outboxUnits: 0,
    activeUnits: 0,
    returningUnits: 0,
    rows: 0,
    ...none,
  }
  expect(await api.audit(itemId)).toEqual(fresh)
  await place('ann', itemId, 3)
  await place('bob', itemId, 1)
  expect(await other.audit(itemId)).toEqual({ ...fresh, available: 6, outboxUnits: 4 })
  await persistWaiting(api.stores, itemId, { acknowledged: false })
  expect(await api.audit(itemId)).toEqual({ ...fresh, available: 6, activeUnits: 4, rows: 2 })
  await place('cid', itemId, 2)
  expect(await api.audit(itemId)).toEqual({ ...fresh, available: 4, outboxUnits: 2, activeUnits: 4, rows: 2 })
  await persistWaiting(api.stores, itemId)
  expect(await api.audit(itemId)).toEqual({ ...fresh, available: 4, activeUnits: 6, rows: 3 })
})

test('every audit that is taken in the middle of a storm balances', async () => {
  const { itemId } = await api.createItem({ total: 300, purchaseLimit: 1 })
  const storm = { isOver: false, auditCount: 0 }
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; i < 50 || storm.auditCount < 2; i += 1)
      await [api, other][i % 2]!.order(`b-${client}-${i}`, { itemId, quantity: 1 })
  })
  const persisting = (async () => {
    while (!storm.isOver) await persistWaiting(other.stores, itemId)
  })()
  const over = Promise.all(clients).then(() => (storm.isOver = true))
  do {
    expect(await api.audit(itemId)).toMatchObject({ total: 300, ...none })
    storm.auditCount += 1
  } while (!storm.isOver)
  await Promise.all([over, persisting])
  await persistWaiting(api.stores, itemId)
  expect(await api.audit(itemId)).toMatchObject({ available: 0, outboxUnits: 0, activeUnits: 300, rows: 300, ...none })
})

test('orders that ended count as rows, and their units no longer', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId, 2)
  await persistWaiting(api.stores, itemId)
  await api.stores.database.$transaction([
    api.stores.database.order.update({ where: { id: orderId }, data: { status: 'cancelled' } }),
    api.stores.database.saleItem.update({ where: { id: itemId }, data: { persisted: 0 } }),
    api.stores.database.buyerQuota.updateMany({ where: { itemId }, data: { units: 0 } }),
  ])
  // Nobody has given the units back to the ledger yet.
  expect(await api.audit(itemId)).toMatchObject({
    rows: 1,
    activeUnits: 0,
    available: 8,
    undersold: 2,
    balanced: false,
  })
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  expect(await api.audit(itemId)).toMatchObject({ rows: 1, activeUnits: 0, available: 10, ...none })
})

test('a unit that the ledger has too many or too few is seen', async () => {
  const { itemId } = await api.createItem()
  const { ledger } = ledgerKeys(itemId)
  await api.stores.redis.hincrby(ledger, 'available', 1)
  expect(await api.audit(itemId)).toMatchObject({ oversold: 1, undersold: 0, balanced: false })
  await api.stores.redis.hincrby(ledger, 'available', -3)
  expect(await api.audit(itemId)).toMatchObject({ oversold: 0, undersold: 2, balanced: false })
})

test('an accepted order that is nowhere any more is seen', async () => {
  const { itemId } = await api.createItem()
  await place('ann', itemId, 2)
  await api.stores.redis.del(ledgerKeys(itemId).outbox)
  expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 0, undersold: 2, balanced: false })
})

test('a buyer over the limit, and counters that differ from the rows, are seen', async () => {
  const { itemId } = await api.createItem({ total: 10, purchaseLimit: 2 })
  const orderId = await place('ann', itemId, 2)
  await persistWaiting(api.stores, itemId)
  await api.stores.database.order.update({ where: { id: orderId }, data: { quantity: 3 } })
  const audit = await api.audit(itemId)
  expect(audit).toMatchObject({ activeUnits: 3, oversold: 1, limitBreaches: 1, balanced: false })
  expect(audit.drift).toBeGreaterThan(0)
})

test('of a ledger that is gone there is nothing to say yet, and an unknown item is not found', async () => {
  const { itemId } = await api.createItem()
  await api.stores.redis.del(ledgerKeys(itemId).ledger)
  expectProblem(await api.get(`/v1/ops/items/${itemId}/audit`, testOpsKey), 'UNAVAILABLE')
  expectProblem(await api.get('/v1/ops/items/2147483647/audit', testOpsKey), 'ITEM_NOT_FOUND')
})
