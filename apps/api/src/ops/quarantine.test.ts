import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { DiscardedFromQuarantine, QuarantineList, ReplayedFromQuarantine } from '@flash-sale/contract/quarantine'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { setEntryAside } from '@flash-sale/upkeep/set-entry-aside'
import { beforeEach, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
beforeEach(() => api.stores.database.quarantine.deleteMany())

const listed = async (query = '') =>
  expectSuccess(await api.get(`/v1/ops/quarantine${query}`, testOpsKey), 200, QuarantineList)
const replay = (id: number, key?: string) => api.operate(`/v1/ops/quarantine/${id}/replay`, undefined, key)
const discard = (id: number, key?: string) => api.operate(`/v1/ops/quarantine/${id}/discard`, undefined, key)

/** An order of which Postgres keeps no row either: its quantity is none. */
async function quarantineOrder(itemId: number, buyer: string, quantity: number): Promise<string> {
  const { uuid } = deriveOrderId(itemId, buyer, 'k')
  const order = { orderId: uuid, buyer, quantity, acceptedAtMs: 1_700_000_000_000 }
  const { epoch } = await api.stores.database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  expect(await persistOrders(api.stores.database, itemId, { epoch }, [order])).toEqual(['quarantined'])
  return uuid
}

/** What the table has of an order that could not be stored for a fault which is mended by now. */
async function forgeOrder(itemId: number, buyer: string): Promise<string> {
  const { uuid } = deriveOrderId(itemId, buyer, 'k')
  const order = { orderId: uuid, buyer, quantity: 1, acceptedAtMs: 1_700_000_000_000 }
  const payload = Buffer.from(JSON.stringify(order)).toString('base64')
  const data = { itemId, orderId: uuid, kind: 'order', payload, sqlState: '23514', message: 'a check of the past' }
  await api.stores.database.quarantine.create({ data })
  return uuid
}

async function quarantineEntry(itemId: number, ...fields: string[]): Promise<string> {
  const entryId = (await api.stores.redis.xadd(ledgerKeys(itemId).outbox, '*', ...fields))!
  await setEntryAside(api.stores, itemId, entryId)
  return entryId
}

test('orders that Postgres refused and foreign outbox entries are listed, newest first, page by page, as what they are', async () => {
  const { itemId } = await api.createItem()
  const orderId = await quarantineOrder(itemId, 'ann', 0)
  const entryId = await quarantineEntry(itemId, 'foo', 'bar')
  const { quarantined } = await listed()
  expect(quarantined).toMatchObject([
    { itemId, kind: 'entry', name: entryId, content: '["foo","bar"]' },
    { itemId, kind: 'order', name: orderId, content: expect.stringContaining('"buyer":"ann"') },
  ])
  const first = await listed('?limit=1')
  expect(first.quarantined.map(({ name }) => name)).toEqual([entryId])
  const second = await listed(`?limit=1&cursor=${first.nextCursor}`)
  expect(second.quarantined.map(({ name }) => name)).toEqual([orderId])
  expect(second).not.toHaveProperty('nextCursor')
})

test('a replayed order is offered to its ledger and becomes a row, once for each key, and the trail says so', async () => {
  const { itemId } = await api.createItem()
  const orderId = await forgeOrder(itemId, 'bob')
  const { quarantineId } = (await listed()).quarantined[0]!
  const replayed = { quarantineId, taken: 1, known: 0, rejected: 0, conflicts: 0 }
  for (const isReplayed of [undefined, 'true']) {
    const answer = await replay(quarantineId, `replay ${quarantineId}`)
    expect(expectSuccess(answer, 200, ReplayedFromQuarantine)).toEqual(replayed)
    expect(answer.headers['idempotent-replayed']).toBe(isReplayed)
  }
  await persistWaiting(api.stores, itemId)
  const row = await api.stores.database.order.findUniqueOrThrow({ where: { id: orderId } })
  expect(row).toMatchObject({ buyer: 'bob', status: 'confirmed' })
  expect(await api.audit(itemId)).toMatchObject({ balanced: true, available: 9 })
  expect((await listed()).quarantined).toEqual([])
  expectProblem(await replay(quarantineId), 'QUARANTINED_NOT_FOUND')
  const trail = await api.get(`/v1/ops/audit-events?itemId=${itemId}&limit=1`, testOpsKey)
  const { events } = expectSuccess(trail, 200, AuditTrail)
  expect(events).toMatchObject([{ actor: 'ops', action: 'replay', detail: { name: orderId, taken: 1 } }])
})

test('what no ledger can take is not replayed, but can be discarded, and its row is kept', async () => {
  const { itemId } = await api.createItem()
  await quarantineOrder(itemId, 'cai', 0)
  await quarantineEntry(itemId, 'epoch', '1', 'at', '1', 'letters', 'A', 'orders', '[["x"')
  for (const { quarantineId } of (await listed()).quarantined) {
    expectProblem(await replay(quarantineId), 'INVALID_REQUEST')
    expect(expectSuccess(await discard(quarantineId), 200, DiscardedFromQuarantine)).toEqual({ quarantineId })
    expectProblem(await discard(quarantineId, `again ${quarantineId}`), 'QUARANTINED_NOT_FOUND')
  }
  expect((await listed()).quarantined).toEqual([])
  expect(await api.stores.database.quarantine.count({ where: { resolution: 'discarded' } })).toBe(2)
})

test('an order that Postgres refuses again after its replay is listed again', async () => {
  const { itemId } = await api.createItem()
  await quarantineOrder(itemId, 'dan', 0)
  await discard((await listed()).quarantined[0]!.quarantineId)
  await quarantineOrder(itemId, 'dan', 0)
  expect((await listed()).quarantined).toHaveLength(1)
})

test('a replay while the ledger takes nothing is refused for the moment, and changes nothing', async () => {
  const { itemId } = await api.createItem()
  await forgeOrder(itemId, 'eve')
  const { quarantineId } = (await listed()).quarantined[0]!
  await api.stores.redis.hset(ledgerKeys(itemId).ledger, 'state', 'rebuilding')
  expectProblem(await replay(quarantineId), 'BUSY')
  expect((await listed()).quarantined).toHaveLength(1)
})

test('only operators see and work off the quarantine', async () => {
  expectProblem(await api.get('/v1/ops/quarantine'), 'UNAUTHORIZED')
  expectProblem(await api.get('/v1/ops/quarantine', buyerToken('ann')), 'FORBIDDEN')
})
