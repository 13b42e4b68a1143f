import type { SaleState, SaleView } from '@flash-sale/contract/sales'
import { expect, test } from 'vitest'
import { salesByInterest, saleStage, saleStanding } from './sale-stage.ts'

const opensAtMs = Date.UTC(2026, 0, 1, 10)
const hourMs = 3_600_000

function sale(state: SaleState, saleId = 1, hoursLater = 0): SaleView {
  const at = (ms: number) => new Date(ms + hoursLater * hourMs).toISOString()
  return { saleId, name: `sale ${saleId}`, state, opensAt: at(opensAtMs), closesAt: at(opensAtMs + hourMs), items: [] }
}

test('a sale that was read before its opening opens at the instant, and ends at the instant', () => {
  const read = sale('scheduled')
  expect(saleStage(read, opensAtMs - 1)).toBe('before')
  expect(saleStage(read, opensAtMs)).toBe('open')
  expect(saleStage(read, opensAtMs + hourMs - 1)).toBe('open')
  expect(saleStage(read, opensAtMs + hourMs)).toBe('over')
})

test('a sale that the service calls open is open, though this clock is a little behind', () => {
  expect(saleStage(sale('open'), opensAtMs - 50)).toBe('open')
})

test('a paused sale does not open by the clock, and a closed one never', () => {
  expect(saleStage(sale('paused'), opensAtMs + 1)).toBe('paused')
  expect(saleStage(sale('closed'), opensAtMs + 1)).toBe('over')
})

test('open sales come first, then the next to open, then paused ones, then what is over', () => {
  const sales = [
    sale('closed', 1),
    sale('paused', 2),
    sale('scheduled', 3, 5),
    sale('scheduled', 4, 2),
    sale('open', 5),
  ]
  expect(salesByInterest(sales, opensAtMs + 1).map(({ saleId }) => saleId)).toEqual([5, 4, 3, 2, 1])
})

function items(...available: number[]): SaleView['items'] {
  return available.map((count) => ({ available: count })) as SaleView['items']
}

test('an open sale of which nothing is left is sold out, until there is more', () => {
  expect(saleStanding('open', items(0, 0))).toBe('soldOut')
  expect(saleStanding('open', items(0, 1))).toBe('open')
  expect(saleStanding('over', items(0))).toBe('over')
})

test('sales of which something is left come before those that are sold out, however new these are', () => {
  const left = { ...sale('open', 1), items: items(0, 3) }
  const soldOut = { ...sale('open', 2), items: items(0) }
  const coming = sale('scheduled', 3, 1)
  const ranked = salesByInterest([coming, soldOut, left], opensAtMs + 1)
  expect(ranked.map(({ saleId }) => saleId)).toEqual([1, 2, 3])
})
