import type { SaleView } from '@flash-sale/contract/sales'
import { expect, test } from 'vitest'
import { isStreamed, listedSales, takeSales, takeStock, type SaleReading } from './streamed-sales.ts'

const times = { opensAt: '2026-11-26T10:00:00.000Z', closesAt: '2026-11-26T11:00:00.000Z' }
const at = '2026-11-26T10:30:00.000Z'

function saleOf(saleId: number, available: number, state: SaleView['state'] = 'open'): SaleView {
  const shared = { state, ...times }
  const item = {
    itemId: saleId * 10,
    saleId,
    sku: 'A',
    name: 'Lamp',
    priceCents: 1,
    total: 9,
    available,
    purchaseLimit: 2,
  }
  return { saleId, name: `Sale ${saleId}`, ...shared, items: [{ ...item, ...shared }] }
}

const event = (sales: SaleView[], saleIds = sales.map(({ saleId }) => saleId), hasMore = false) => ({
  at,
  saleIds,
  hasMore,
  sales,
})
const read = (sale: SaleView, asOfMs: number): SaleReading => ({ sale, asOfMs })
const shown = (readings: readonly SaleReading[]) =>
  readings.map(({ sale }) => [sale.saleId, sale.state, sale.items[0]!.available])

test('numbers of the stream change the items that they name, and every sale on the stream is as new as the event', () => {
  const first = takeSales(undefined, event([saleOf(2, 5), saleOf(1, 3)]), 1_000)
  const later = takeStock(first, { at, available: { '20': 4 } }, 2_000)
  expect(shown([...later.readings.values()])).toEqual([
    [2, 'open', 4],
    [1, 'open', 3],
  ])
  expect(later.readings.get(1)).toEqual({ sale: first.readings.get(1)!.sale, asOfMs: 2_000 })
  expect(later.readings.get(1)!.sale).toBe(first.readings.get(1)!.sale)
})

test('of the list and the stream the newer knowledge counts', () => {
  const streamed = takeSales(undefined, event([saleOf(1, 5)]), 1_000)
  expect(shown(listedSales([read(saleOf(1, 7), 900)], streamed, null))).toEqual([[1, 'open', 5]])
  expect(shown(listedSales([read(saleOf(1, 2), 1_100)], streamed, null))).toEqual([[1, 'open', 2]])
})

test('a new sale of the stream joins the list, and a sale that ended leaves it unless the address wants it', () => {
  const before = takeSales(undefined, event([saleOf(1, 5)]), 1_000)
  const streamed = takeSales(before, event([saleOf(2, 9, 'scheduled'), saleOf(1, 5, 'closed')], [2]), 2_000)
  const listed = [read(saleOf(1, 5), 500)]
  expect(shown(listedSales(listed, streamed, null))).toEqual([[2, 'scheduled', 9]])
  expect(shown(listedSales(listed, streamed, '1'))).toEqual([
    [2, 'scheduled', 9],
    [1, 'closed', 5],
  ])
})

test('while nothing is on, the last sales stay in view, and sales beyond the stream stay listed', () => {
  const listed = [read(saleOf(1, 5, 'closed'), 500)]
  expect(shown(listedSales(listed, takeSales(undefined, event([]), 1_000), null))).toEqual([[1, 'closed', 5]])
  const more = takeSales(undefined, event([saleOf(2, 1)], [2], true), 1_000)
  expect(shown(listedSales(listed, more, null))).toEqual([
    [2, 'open', 1],
    [1, 'closed', 5],
  ])
})

test('a page reads a sale by itself unless the stream is open and tells of it, or the sale is over', () => {
  const streamed = takeSales(undefined, event([saleOf(1, 5)]), 1_000)
  expect(isStreamed(streamed, 1, false)).toBe(true)
  expect(isStreamed(streamed, 2, false)).toBe(false)
  expect(isStreamed(streamed, 2, true)).toBe(true)
  expect(isStreamed({ ...streamed, isOpen: false }, 1, false)).toBe(false)
  expect(isStreamed(undefined, 1, true)).toBe(false)
})
