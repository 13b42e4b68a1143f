import { OrderAccepted } from '@flash-sale/contract/orders'
import { SaleView } from '@flash-sale/contract/sales'
import { createStripeProvider } from '@flash-sale/payments/stripe-provider'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { describe, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { saleOf, startTestApi, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })

const item = saleOf({}).items[0]!

test('a sale is created as it was sent, with ids, all units available and times in UTC', async () => {
  const sent = {
    name: '限量 drop ☕',
    opensAt: '2999-01-01T12:00:00+02:00',
    closesAt: '2999-01-01T11:00:00.123456Z',
    items: [
      { sku: 'A', name: 'One', priceCents: 0, total: 1, purchaseLimit: 1 },
      { sku: 'B', name: 'Two', priceCents: 1_000_000_000, total: 10_000_000, purchaseLimit: 1_000 },
    ],
  }
  const sale = expectSuccess(await api.operate('/v1/ops/sales', sent), 201, SaleView)
  const shared = { state: 'scheduled', opensAt: '2999-01-01T10:00:00.000Z', closesAt: '2999-01-01T11:00:00.123Z' }
  const { saleId } = sale
  const items = sent.items.map((sentItem, i) => ({
    ...sentItem,
    ...shared,
    saleId,
    itemId: sale.items[i]!.itemId,
    available: sentItem.total,
  }))
  expect(sale).toEqual({ saleId, name: sent.name, ...shared, items })
  expect(expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)).toEqual(sale)
})

test('its items can be ordered at once, also from an instance that was asked about them before', async () => {
  const other = await startTestApi(stores)
  const { itemId } = await api.createItem()
  expectProblem(await other.order('ann', { itemId: itemId + 1, quantity: 1 }), 'ITEM_NOT_FOUND')
  const next = await api.createItem()
  expect(next.itemId).toBe(itemId + 1)
  for (const from of [other, api])
    expectSuccess(await from.order('ann', { itemId: next.itemId, quantity: 1 }), 202, OrderAccepted)
  await other.close()
})

test.each([
  ['scheduled, then open', 'scheduled', 'open', { closesAt: '2999-01-01T00:00:00Z' }, 'opensAt'],
  ['open, then closed', 'open', 'closed', { opensAt: '2020-01-01T00:00:00Z' }, 'closesAt'],
] as const)('it is %s, by the clock alone', async (_what, before, after, window, turn) => {
  const turnsAtMs = Date.now() + 1_000
  const { saleId } = await api.createSale({ ...window, [turn]: new Date(turnsAtMs).toISOString() })
  await eventually(
    async () => {
      const view = expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)
      expect(view.items[0]!.state).toBe(view.state)
      if (Date.now() < turnsAtMs) expect(view.state).toBe(before)
      return view.state === after
    },
    { what: `the sale to be ${after}` },
  )
})

test('a sale that would be over already is refused with the time, and a sale that was created keeps its answer', async () => {
  const over = { opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' }
  const refused = expectProblem(await api.operate('/v1/ops/sales', saleWith(over)), 'INVALID_REQUEST')
  expect(refused.detail).toMatch(/^closesAt has passed already: it is 2\d{3}-\d\d-\d\dT/)

  const soon = { ...saleOf({}), closesAt: new Date(Date.now() + 2_000).toISOString() }
  const first = await api.operate('/v1/ops/sales', soon, 'soon over')
  const { saleId } = expectSuccess(first, 201, SaleView)
  const read = async () => expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)
  await eventually(async () => (await read()).state === 'closed', { what: 'the sale to be over' })
  const again = await api.operate('/v1/ops/sales', soon, 'soon over')
  expect([again.statusCode, again.body]).toEqual([201, first.body])
})

test('a sale has a currency that ISO 4217 knows, whether it asks for payment or not, and its items say so', async () => {
  for (const currency of ['ZZZ', 'DEM']) {
    const { detail } = expectProblem(await api.operate('/v1/ops/sales', saleWith({ currency })), 'INVALID_REQUEST')
    expect(detail).toBe(`${currency} is no currency of ISO 4217; send one such as EUR, USD, CNY or JPY.`)
  }
  const { currency, items } = await api.createSale({ currency: 'KWD' })
  expect([currency, items[0]!.currency]).toEqual(['KWD', 'KWD'])
})

test('a sale that asks for payment has prices that its provider can take', async () => {
  const provider = createStripeProvider({ secretKey: 'sk_test', webhookSecret: 'whsec_test' })
  const stripe = await startTestApi(stores, { payments: { provider } })
  const create = (sale: object) => stripe.operate('/v1/ops/sales', saleWith({ payWithinSeconds: 60, ...sale }))
  for (const sale of [{ currency: 'ISK' }, { currency: 'KWD', items: [{ ...item, priceCents: 5_124 }] }]) {
    expect(expectProblem(await create(sale), 'INVALID_REQUEST').detail).toMatch(/^Stripe /)
  }
  expectSuccess(await create({ currency: 'KWD', items: [{ ...item, priceCents: 5_120 }] }), 201, SaleView)
  expectSuccess(await stripe.operate('/v1/ops/sales', saleWith({ currency: 'ISK' })), 201, SaleView)
  await stripe.close()
})

test('two operators who create sales at the same time get a sale each', async () => {
  const sales = await Promise.all(Array.from({ length: 10 }, () => api.createSale()))
  expect(new Set(sales.map(({ saleId }) => saleId)).size).toBe(10)
  expect(new Set(sales.map(({ items }) => items[0]!.itemId)).size).toBe(10)
})

/** One request makes the ledgers of a hundred items. */
const slow = { timeout: 120_000 }

/** A sale that was sent, and sent again with its key for as long as the service says that it is stored and not open yet. */
function createdWhole(payload: string, key: string): Promise<SaleView> {
  const headers = { authorization: `Bearer ${testOpsKey}`, 'content-type': 'application/json', 'idempotency-key': key }
  const send = async () =>
    expectSuccess(await api.app.inject({ method: 'POST', url: '/v1/ops/sales', headers, payload }), 201, SaleView)
  return eventually(send, { what: 'the ledgers of a hundred items', timeoutMs: 50_000 })
}

test('a sale of a hundred items is created whole, and one of a hundred and one is refused', slow, async () => {
  const items = Array.from({ length: 101 }, (_, i) => ({ ...item, sku: `S${i}` }))
  const hundred = items.slice(0, 100)
  const sale = await createdWhole(JSON.stringify(saleWith({ items: hundred })), 'a hundred')
  expect(sale.items.map(({ sku }) => sku)).toEqual(hundred.map(({ sku }) => sku))
  expectProblem(await api.operate('/v1/ops/sales', saleWith({ items })), 'INVALID_REQUEST')
})

test(
  'a sale of a hundred items with the longest names is created, however its characters are written',
  slow,
  async () => {
    const items = Array.from({ length: 100 }, (_, i) => ({
      ...item,
      sku: `${i}${'😀'.repeat(64 - String(i).length)}`,
      name: '😀'.repeat(200),
    }))
    const sent = { ...saleOf({}), name: '😀'.repeat(200), items }
    const escaped = JSON.stringify(sent).replaceAll('😀', String.raw`\ud83d\ude00`)
    for (const [i, payload] of [JSON.stringify(sent), escaped].entries()) {
      const sale = await createdWhole(payload, `long names ${i}`)
      expect(sale.items.map(({ sku, name }) => ({ sku, name }))).toEqual(items.map(({ sku, name }) => ({ sku, name })))
    }
  },
)

test('a body that is larger than any sale is refused', async () => {
  expectProblem(await api.operate('/v1/ops/sales', saleWith({ name: 'n'.repeat(600_000) })), 'PAYLOAD_TOO_LARGE')
})

function saleWith(change: Record<string, unknown>): unknown {
  return { ...saleOf({}), ...change }
}

describe('is refused:', () => {
  test.each([
    ['a body that is no object', []],
    ['no body', undefined],
    ['no name', saleWith({ name: undefined })],
    ['a blank name', saleWith({ name: ' \t ' })],
    ['a name of 201 characters', saleWith({ name: 'n'.repeat(201) })],
    ['a NUL in the name', saleWith({ name: 'a\0b' })],
    ['a new line in the name', saleWith({ name: 'a\nb' })],
    ['a lone surrogate in the name', saleWith({ name: 'a\ud800' })],
    ['a name of a zero width space', saleWith({ name: '\u200b' })],
    ['a name that turns the direction', saleWith({ name: 'a\u202eb' })],
    ['a name of Hangul fillers', saleWith({ name: '\u3164\u3164' })],
    ['an item whose name is a soft hyphen', saleWith({ items: [{ ...item, name: '\u00ad' }] })],
    ['an item whose SKU is not seen', saleWith({ items: [{ ...item, sku: '\u2060' }] })],
    ['an unknown field', saleWith({ state: 'paused' })],
    ['no opensAt', saleWith({ opensAt: undefined })],
    ['opensAt as a number', saleWith({ opensAt: Date.now() })],
    ['opensAt without a time zone', saleWith({ opensAt: '2030-01-01T00:00:00' })],
    ['opensAt on 30 February', saleWith({ opensAt: '2030-02-30T00:00:00Z' })],
    ['opensAt at 25 hours', saleWith({ opensAt: '2030-01-01T25:00:00Z' })],
    ['opensAt in the year 1999', saleWith({ opensAt: '1999-12-31T00:00:00Z' })],
    ['opensAt in the year 10000', saleWith({ opensAt: '+010000-01-01T00:00:00Z' })],
    ['opensAt that is a date only', saleWith({ opensAt: '2030-01-01' })],
    ['closesAt before opensAt', saleWith({ opensAt: '2030-01-02T00:00:00Z', closesAt: '2030-01-01T00:00:00Z' })],
    ['closesAt at opensAt', saleWith({ opensAt: '2030-01-01T00:00:00Z', closesAt: '2030-01-01T00:00:00Z' })],
    [
      'closesAt less than a millisecond later',
      saleWith({ opensAt: '2030-01-01T00:00:00Z', closesAt: '2030-01-01T00:00:00.0009Z' }),
    ],
    ['no items', saleWith({ items: [] })],
    ['items that are no list', saleWith({ items: item })],
    ['one SKU twice', saleWith({ items: [item, { ...item, name: 'Other' }] })],
    ['SKUs that differ by spaces', saleWith({ items: [item, { ...item, sku: ` ${item.sku} ` }] })],
    ['SKUs that differ by a joiner', saleWith({ items: [item, { ...item, sku: `${item.sku}\u200d` }] })],
    [
      'SKUs that differ by the width of a letter',
      saleWith({ items: [item, { ...item, sku: 'Ｓ' + item.sku.slice(1) }] }),
    ],
    ['an item that is null', saleWith({ items: [null] })],
    ['an item with an unknown field', saleWith({ items: [{ ...item, itemId: 1 }] })],
    ...['sku', 'name', 'priceCents', 'total', 'purchaseLimit'].map((field): [string, unknown] => [
      `an item without ${field}`,
      saleWith({ items: [{ ...item, [field]: undefined }] }),
    ]),
    ...[-1, 0, 1.5, '5', null, 10_000_001, 2 ** 31].map((total): [string, unknown] => [
      `a total of ${JSON.stringify(total)}`,
      saleWith({ items: [{ ...item, total }] }),
    ]),
    ...[-1, 0, 1.5, '5', null, 1_001].map((purchaseLimit): [string, unknown] => [
      `a purchase limit of ${JSON.stringify(purchaseLimit)}`,
      saleWith({ items: [{ ...item, purchaseLimit }] }),
    ]),
    ...[-1, 0.5, '5', null, 1_000_000_001].map((priceCents): [string, unknown] => [
      `a price of ${JSON.stringify(priceCents)} cents`,
      saleWith({ items: [{ ...item, priceCents }] }),
    ]),
  ])('%s', async (_what, body) => {
    expectProblem(await api.operate('/v1/ops/sales', body), 'INVALID_REQUEST')
  })
})

test('bytes that are not UTF-8 are refused, not replaced', async () => {
  const sent = JSON.stringify(saleOf({})).replace('Sneaker drop', 'Sneaker \xff drop')
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/ops/sales',
    headers: { authorization: `Bearer ${testOpsKey}`, 'content-type': 'application/json' },
    payload: Buffer.from(sent, 'latin1'),
  })
  expect(expectProblem(answer, 'INVALID_REQUEST').detail).toMatch('UTF-8')
})

test('nothing is left of a sale that was refused', async () => {
  const before = await api.stores.database.sale.count()
  expectProblem(await api.operate('/v1/ops/sales', saleWith({ items: [item, { ...item }] })), 'INVALID_REQUEST')
  expect(await api.stores.database.sale.count()).toBe(before)
})
