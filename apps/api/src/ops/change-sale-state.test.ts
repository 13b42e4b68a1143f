import { OrderAccepted } from '@flash-sale/contract/orders'
import { SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { saleOf, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

type Action = 'pause' | 'resume' | 'close'

async function change(saleId: number, action: Action): Promise<SaleView> {
  return expectSuccess(await api.operate(`/v1/ops/sales/${saleId}/${action}`), 200, SaleView)
}

function twoItems() {
  return [saleOf({ sku: 'A' }), saleOf({ sku: 'B' })].flatMap(({ items }) => items)
}

test('a paused sale takes no order of any of its items from any instance, until it is resumed', async () => {
  const { saleId, items } = await api.createSale({ items: twoItems() })
  for (const { itemId } of items) expectSuccess(await other.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  const paused = await change(saleId, 'pause')
  expect([paused.state, ...paused.items.map(({ state }) => state)]).toEqual(['paused', 'paused', 'paused'])
  for (const { itemId } of items) expectProblem(await other.order('bob', { itemId, quantity: 1 }), 'SALE_PAUSED')
  expect((await change(saleId, 'resume')).state).toBe('open')
  for (const { itemId } of items) expectSuccess(await other.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
})

test('pausing, resuming and closing twice are as good as once', async () => {
  const { saleId } = await api.createSale()
  for (const [action, state] of [
    ['pause', 'paused'],
    ['resume', 'open'],
    ['close', 'closed'],
  ] as const) {
    const first = await change(saleId, action)
    expect(first.state).toBe(state)
    expect(await change(saleId, action)).toEqual(first)
  }
})

test('a closed sale stays closed', async () => {
  const { saleId, items } = await api.createSale()
  const { itemId } = items[0]!
  await change(saleId, 'close')
  for (const action of ['pause', 'resume']) {
    expectProblem(await api.operate(`/v1/ops/sales/${saleId}/${action}`), 'SALE_ALREADY_CLOSED')
  }
  expectProblem(await other.order('ann', { itemId, quantity: 1 }), 'SALE_CLOSED')
  expect(expectSuccess(await other.get(`/v1/sales/${saleId}`), 200, SaleView).state).toBe('closed')
})

/** A sale that is over by the clock alone. */
function endedSale() {
  return api.createSale({ opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' })
}

test('a sale that has ended answers as one that was closed, and can still be closed', async () => {
  const { saleId, items } = await endedSale()
  for (const action of ['pause', 'resume']) {
    expectProblem(await api.operate(`/v1/ops/sales/${saleId}/${action}`), 'SALE_ALREADY_CLOSED')
  }
  const stored = () => api.stores.database.sale.findUniqueOrThrow({ where: { id: saleId } })
  expect((await stored()).state).toBe('live')
  expect((await change(saleId, 'close')).state).toBe('closed')
  expect((await stored()).state).toBe('closed')
  expect(await api.stores.redis.hget(ledgerKeys(items[0]!.itemId).ledger, 'state')).toBe('closed')
})

test('a sale can be paused before it opens, and is scheduled again when it is resumed', async () => {
  const { saleId, items } = await api.createSale({ opensAt: '2999-01-01T00:00:00Z', closesAt: '2999-01-02T00:00:00Z' })
  const { itemId } = items[0]!
  expect((await change(saleId, 'pause')).state).toBe('paused')
  expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'SALE_PAUSED')
  expect((await change(saleId, 'resume')).state).toBe('scheduled')
  expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'SALE_NOT_OPEN')
})

test('in a storm, no order is accepted that was sent after the answer to the pause', async () => {
  const { saleId, items } = await api.createSale({ items: saleOf({ total: 100_000 }).items })
  const { itemId } = items[0]!
  let isPaused = false
  const late: string[] = []
  const storm = Array.from({ length: 20 }, async (_, client) => {
    for (let i = 0; i < 20; i += 1) {
      const wasPaused = isPaused
      const answer = await [api, other][i % 2]!.order(`buyer-${client}-${i}`, { itemId, quantity: 1 })
      if (wasPaused && answer.statusCode !== 503) late.push(answer.body)
    }
  })
  await change(saleId, 'pause')
  isPaused = true
  await Promise.all(storm)
  expect(late).toEqual([])
  expect(await api.audit(itemId)).toMatchObject({ balanced: true })
})

test('operators who change a sale at the same time all get an answer, and the stores agree on the outcome', async () => {
  const { saleId, items } = await api.createSale()
  const { itemId } = items[0]!
  const actions: Action[] = ['pause', 'resume', 'pause', 'resume', 'pause', 'resume']
  const answers = await Promise.all(
    actions.map((action, i) => [api, other][i % 2]!.operate(`/v1/ops/sales/${saleId}/${action}`)),
  )
  for (const answer of answers) expectSuccess(answer, 200, SaleView)
  const { state } = await api.stores.database.sale.findUniqueOrThrow({ where: { id: saleId } })
  expect(await api.stores.redis.hget(ledgerKeys(itemId).ledger, 'state')).toBe(state)
})

test('what an operator did is in the audit trail, once', async () => {
  const { saleId } = await api.createSale()
  await change(saleId, 'pause')
  await change(saleId, 'close')
  await change(saleId, 'close')
  const events = await api.stores.database.auditEvent.findMany({ where: { saleId }, orderBy: { id: 'asc' } })
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual(['ops create', 'ops pause', 'ops close'])
})

test('a sale whose ledger is gone is set to the state all the same, and the answer says that it is not in force yet', async () => {
  const { saleId, items } = await api.createSale()
  const { itemId } = items[0]!
  await api.stores.redis.del(Object.values(ledgerKeys(itemId)))
  expectProblem(await api.operate(`/v1/ops/sales/${saleId}/pause`), 'UNAVAILABLE')
  expect(expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView).state).toBe('paused')
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'SALE_PAUSED')
})

test('a sale that does not exist is not found', async () => {
  for (const action of ['pause', 'resume', 'close']) {
    expectProblem(await api.operate(`/v1/ops/sales/2147483647/${action}`), 'SALE_NOT_FOUND')
  }
})

test('an empty body means nothing, and a field is refused, for there is none to give', async () => {
  const { saleId } = await api.createSale()
  const pause = (payload: string) =>
    api.app.inject({
      method: 'POST',
      url: `/v1/ops/sales/${saleId}/pause`,
      headers: { authorization: `Bearer ${testOpsKey}`, 'content-type': 'application/json' },
      payload,
    })
  for (const body of ['{"until":"noon"}', '[]', '"x"', '0']) expectProblem(await pause(body), 'INVALID_REQUEST')
  expect(expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView).state).toBe('open')
  for (const body of ['', '{}', 'null']) expectSuccess(await pause(body), 200, SaleView)
})
