import { expect, test } from 'vitest'
import { groupBySale } from './group-by-sale.ts'
import { liveItem } from './live-items.fixture.ts'
import { sumsOf } from './sale-sums.ts'

const saleOf = (...items: Parameters<typeof liveItem>[0][]) => groupBySale(items.map((given) => liveItem(given)))[0]!

test('a sale sums what was ordered and its value, each item at its price', () => {
  const sale = saleOf(
    { available: 40, outboxUnits: 60 },
    { itemId: 2, priceCents: 5, available: 90, confirmedUnits: 10 },
  )
  expect(sumsOf(sale)).toEqual({ sold: 70, total: 200, soldShare: 0.35, valueCents: 6_050, isProven: false })
  expect(sumsOf(saleOf({}))).toBeUndefined()
})

test('a sale is proven once it sells nothing more and every unit is in one place', () => {
  const soldOut = { available: 0, confirmedUnits: 100 }
  expect(sumsOf(saleOf(soldOut))?.isProven).toBe(true)
  expect(sumsOf(saleOf({ ...soldOut, invariant: 'settling' }))?.isProven).toBe(false)
  expect(sumsOf(saleOf({ available: 90, confirmedUnits: 10, state: 'closed' }))?.isProven).toBe(true)
  expect(sumsOf(saleOf({ available: 90, confirmedUnits: 10 }))?.isProven).toBe(false)
})
