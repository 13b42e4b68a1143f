import type { LiveItem } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { groupBySale } from './group-by-sale.ts'
import { liveItem } from './live-items.fixture.ts'
import { filterSales, sortSales } from './sort-sales.ts'
import { wholeSale } from './whole-sale.ts'
import { worstInvariant } from './worst-invariant.ts'

const at = (hour: number) => `2026-11-22T${hour}:00:00.000Z`
const nowMs = Date.parse(at(14)) + 50 * 60_000
const idsOf = (sales: readonly { saleId: number }[]) => sales.map(({ saleId }) => saleId)

const items = [
  liveItem({ itemId: 1, saleId: 1, state: 'closed', opensAt: at(10) }),
  liveItem({ itemId: 2, saleId: 2, state: 'scheduled', opensAt: at(20) }),
  liveItem({ itemId: 3, saleId: 3, state: 'open', opensAt: at(13) }),
  liveItem({ itemId: 8, saleId: 8, state: 'open', opensAt: at(14) }),
  liveItem({ itemId: 4, saleId: 4, state: 'scheduled', opensAt: at(15) }),
  liveItem({ itemId: 5, saleId: 5, state: 'closed', opensAt: at(12) }),
  liveItem({ itemId: 6, saleId: 6, state: 'paused' }),
  liveItem({
    itemId: 7,
    saleId: 3,
    sku: 'HAT-7',
    available: 40,
    state: 'open',
    opensAt: at(13),
    invariant: 'settling',
  }),
]

test('a sale has the sums of its items and the worst of their lights', () => {
  const sale = groupBySale(items).find(({ saleId }) => saleId === 3)
  expect(sale).toMatchObject({ total: 200, available: 140, invariant: 'settling' })
  expect(sale?.items.map(({ itemId }) => itemId)).toEqual([3, 7])
})

test('a sale of which the live view has only some items has no sums', () => {
  const sale = groupBySale(items).find(({ saleId }) => saleId === 3)
  expect(wholeSale(sale, 2)).toBe(sale)
  expect(wholeSale(sale, 3)).toBeUndefined()
  expect(wholeSale(undefined, 2)).toBeUndefined()
})

test('what sells now comes first, then what opens soon, what is open, what is paused, what opens later, and what ended', () => {
  const sales = groupBySale(items)
  expect(idsOf(sortSales(sales, new Set([7]), nowMs))).toEqual([3, 4, 8, 6, 2, 5, 1])
  expect(idsOf(sortSales(sales, new Set(), nowMs))).toEqual([4, 8, 3, 6, 2, 5, 1])
})

test('a sale that does not add up is among the first, even when it is closed', () => {
  const broken = items.map((item) => (item.saleId === 1 ? { ...item, invariant: 'broken' as const } : item))
  expect(idsOf(sortSales(groupBySale(broken), new Set(), nowMs))[0]).toBe(1)
})

test.each([
  [{ oldestOutboxAgeMs: 5_001 }, true],
  [{ oldestOutboxAgeMs: 4_999 }, false],
  [{ state: 'open', invariant: 'unavailable' }, true],
] as const)('a sale that sells nothing and has %j is among the first: %s', (trouble, isFirst) => {
  const troubled = items.map((item): LiveItem => (item.saleId === 6 ? { ...item, ...trouble } : item))
  expect(idsOf(sortSales(groupBySale(troubled), new Set(), nowMs))[0] === 6).toBe(isFirst)
})

test('a filter finds a sale by its name and number, and by the name, SKU and number of an item', () => {
  const sales = groupBySale([liveItem({ itemId: 90, saleId: 9, saleName: '秋季新品', name: 'Cup' }), ...items])
  for (const text of ['秋季', '9', ' CUP', '90']) expect(idsOf(filterSales(sales, text)), text).toEqual([9])
  expect(idsOf(filterSales(sales, 'hat-7'))).toEqual([3])
  expect(filterSales(sales, ' ')).toHaveLength(8)
  expect(filterSales(sales, 'nothing')).toEqual([])
})

test('one item that is broken is what the light shows, however many are well', () => {
  const mixed = [liveItem(), liveItem({ invariant: 'settling' }), liveItem({ invariant: 'broken' }), liveItem()]
  expect(worstInvariant(mixed)).toEqual({ invariant: 'broken', count: 1 })
  expect(worstInvariant([liveItem(), liveItem()])).toEqual({ invariant: 'balanced', count: 2 })
  expect(worstInvariant([])).toBeUndefined()
})
