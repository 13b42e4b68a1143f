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
  expect(sumsOf(sale)).toMatchObject({ sold: 70, total: 200, soldShare: 0.35, valueCents: 6_050, isProven: false })
  expect(sumsOf(saleOf({}))).toBeUndefined()
})

test('units of ended orders are neither sold nor of any value, and a sale that asks for payment tells who has paid', () => {
  const paying = { asksForPayment: true, available: 50, confirmedUnits: 20, paidUnits: 25, returningUnits: 5 }
  const sums = { sold: 45, valueCents: 4_500, paid: 25, unpaid: 20, returning: 5 }
  expect(sumsOf(saleOf(paying))).toMatchObject(sums)
  expect(sumsOf(saleOf({ available: 60, confirmedUnits: 40 }))).toMatchObject({ paid: undefined, unpaid: 0 })
  expect(sumsOf(saleOf({ available: 95, returningUnits: 5 }))).toMatchObject({ sold: 0, returning: 5 })
})

test('a sale is proven once it sells nothing more and every unit is in one place', () => {
  const soldOut = { available: 0, confirmedUnits: 100 }
  expect(sumsOf(saleOf(soldOut))?.isProven).toBe(true)
  expect(sumsOf(saleOf({ ...soldOut, invariant: 'settling' }))?.isProven).toBe(false)
  expect(sumsOf(saleOf({ available: 90, confirmedUnits: 10, state: 'closed' }))?.isProven).toBe(true)
  expect(sumsOf(saleOf({ available: 90, confirmedUnits: 10 }))?.isProven).toBe(false)
})

test('nothing is said of what a sale sold while a ledger is lost or does not add up', () => {
  const sold = { available: 0, confirmedUnits: 90, outboxUnits: 10 }
  for (const invariant of ['unavailable', 'broken'] as const)
    expect(sumsOf(saleOf({ ...sold, invariant }, { ...sold, itemId: 2 }))).toBeUndefined()
  expect(sumsOf(saleOf({ ...sold, invariant: 'unreadable' }))).toMatchObject({ sold: 100 })
})
