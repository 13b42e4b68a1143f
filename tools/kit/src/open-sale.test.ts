import type { Client, Outcome } from '@flash-sale/contract/client'
import type { CreateSaleBody } from '@flash-sale/contract/ops'
import { problemOf, type ProblemCode } from '@flash-sale/contract/problem'
import type { SaleView } from '@flash-sale/contract/sales'
import { expect, test } from 'vitest'
import { createSale, openSale } from './open-sale.ts'

/** The service's clock, an hour ahead of ours. */
const nowMs = () => Date.now() + 3_600_000

/** The sale as the service shows it, with its items in an order of its own. */
const saleFrom = ({ name, opensAt, closesAt, items }: CreateSaleBody): SaleView => ({
  saleId: 7,
  name,
  opensAt,
  closesAt,
  state: Date.parse(opensAt) > nowMs() ? 'scheduled' : 'open',
  items: items
    .map(
      (item, i) =>
        ({ ...item, itemId: i, saleId: 7, available: item.total, opensAt, closesAt, state: 'open' }) as const,
    )
    .toReversed(),
})

/** A service that refuses the first creations with these problems. */
function serviceRefusing(...codes: ProblemCode[]) {
  const asked: { body: CreateSaleBody; key: string | undefined }[] = []
  const client = {
    readTime: () => Promise.resolve({ ok: true, status: 200, value: { now: new Date(nowMs()).toISOString() } }),
    createSale(body: CreateSaleBody, key?: { idempotencyKey?: string }): Promise<Outcome<SaleView>> {
      const code = codes[asked.length]
      asked.push({ body, key: key?.idempotencyKey })
      if (code)
        return Promise.resolve({
          ok: false,
          problem: problemOf(code, code === 'UNAVAILABLE' ? { retryAfterMs: 5 } : {}),
        })
      return Promise.resolve({ ok: true, status: 201, value: saleFrom(body) })
    },
  } as unknown as Client
  return { asked, client }
}

const items = [
  { total: 10, purchaseLimit: 1 },
  { total: 20, purchaseLimit: 2 },
]

test("the window is by the service's clock, and the items come in the order that was asked for", async () => {
  const { client } = serviceRefusing()
  const sale = await createSale(client, { name: 'Drop', items, opensInMs: 60_000, closesInMs: 120_000 })
  expect(Math.abs(Date.parse(sale.opensAt) - nowMs() - 60_000)).toBeLessThan(5_000)
  expect(Math.abs(Date.parse(sale.closesAt) - nowMs() - 120_000)).toBeLessThan(5_000)
  expect(sale.items.map(({ sku, total }) => [sku, total])).toEqual([
    ['SKU-1', 10],
    ['SKU-2', 20],
  ])
  expect(sale.item).toBe(sale.items[0])
})

test('a creation that was not answered with the sale is asked again with the same key', async () => {
  const { client, asked } = serviceRefusing('UNAVAILABLE', 'UNAVAILABLE')
  await openSale(client, { name: 'Drop', items })
  expect(asked).toHaveLength(3)
  expect(asked[0]!.key).toBeTypeOf('string')
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1)
})

test('a sale that opens later is open when it is handed over', async () => {
  const { client } = serviceRefusing()
  const sale = await openSale(client, { name: 'Drop', items, opensInMs: 200 })
  expect(nowMs()).toBeGreaterThanOrEqual(Date.parse(sale.opensAt))
})

test('a refusal is an error of one line that names the sale', async () => {
  const refused = openSale(serviceRefusing('INVALID_REQUEST').client, { name: 'Drop', items })
  await expect(refused).rejects.toThrow(/^the sale "Drop" could not be created: INVALID_REQUEST: /)
  const wrongKey = openSale(serviceRefusing('UNAUTHORIZED').client, { name: 'Drop', items })
  await expect(wrongKey).rejects.toThrow('OPS_KEY is not the key of this service')
})
