import type { SaleView } from '@flash-sale/contract/sales'
import { expect, test } from 'vitest'
import { collected, saleOf } from './collected-sales.fixture.ts'
import { createHeadStart, headStartMs } from './head-start.ts'

const tickMs = 400

const unitsIn = ([sale]: readonly SaleView[]) => sale!.items[0]!.available

/** A head start whose clock the test sets: each collection comes a tick after the one before. */
function headStartOf() {
  let nowMs = 1_000
  const headStart = createHeadStart(() => nowMs)
  return {
    pass: (ms: number) => void (nowMs += ms),
    /** The units that everybody hears of, and those that only some hear of. */
    take: (sale: SaleView, canTell = true) => {
      nowMs += tickMs
      const { everybody, early, isWaiting } = headStart.take(collected([sale]), canTell)
      return { everybody: unitsIn(everybody.sales), early: early.get(sale.saleId * 10), isWaiting }
    },
    asTold: (sale: SaleView) => unitsIn(headStart.asTold([sale])),
  }
}

test('when a sold-out item has units again, those who asked hear at once, and everybody for certain after the head start', () => {
  const { take, pass } = headStartOf()
  take(saleOf(1, 0))
  expect(take(saleOf(1, 3))).toMatchObject({ everybody: 0, early: 3 })
  expect(take(saleOf(1, 2))).toMatchObject({ everybody: 0, early: 2 })
  pass(headStartMs - tickMs)
  expect(take(saleOf(1, 2))).toEqual({ everybody: 2, early: undefined, isWaiting: false })
  expect(take(saleOf(1, 1))).toMatchObject({ everybody: 1, early: undefined })
})

test('units that are gone before the head start is over are heard of by nobody else, and the next have a head start of their own', () => {
  const { take, pass } = headStartOf()
  take(saleOf(1, 0))
  expect(take(saleOf(1, 1))).toMatchObject({ everybody: 0, early: 1 })
  expect(take(saleOf(1, 0))).toMatchObject({ everybody: 0, early: undefined })
  pass(headStartMs)
  expect(take(saleOf(1, 0))).toMatchObject({ everybody: 0, early: undefined })
  expect(take(saleOf(1, 1))).toMatchObject({ everybody: 0, early: 1 })
})

test('an item that is seen for the first time, or that opens by the clock, has no head start', () => {
  const { take } = headStartOf()
  expect(take(saleOf(1, 5))).toMatchObject({ everybody: 5, early: undefined })
  take(saleOf(2, 0, { state: 'scheduled' }))
  expect(take(saleOf(2, 5, { state: 'scheduled' }))).toMatchObject({ everybody: 5, early: undefined })
})

test('while a sale is paused nobody hears of returned units, and the head start begins when the sale goes on', () => {
  const { take, pass } = headStartOf()
  take(saleOf(1, 0))
  expect(take(saleOf(1, 3))).toMatchObject({ everybody: 0, early: 3 })
  expect(take(saleOf(1, 3, { state: 'paused' }))).toEqual({ everybody: 0, early: undefined, isWaiting: false })
  pass(headStartMs)
  expect(take(saleOf(1, 3))).toMatchObject({ everybody: 0, early: 3 })
  pass(headStartMs)
  expect(take(saleOf(1, 3))).toMatchObject({ everybody: 3, early: undefined })
})

test('a head start begins when it can be told, so that telling takes nothing of it', () => {
  const { take, pass } = headStartOf()
  take(saleOf(1, 0))
  expect(take(saleOf(1, 3), false)).toEqual({ everybody: 0, early: undefined, isWaiting: true })
  pass(headStartMs)
  expect(take(saleOf(1, 3))).toEqual({ everybody: 0, early: 3, isWaiting: false })
})

test('a reading shows what everybody is told: sold out from before the return is noticed until the head start is over', () => {
  const { take, pass, asTold } = headStartOf()
  expect(asTold(saleOf(1, 3))).toBe(3)
  take(saleOf(1, 0))
  expect(asTold(saleOf(1, 3))).toBe(0)
  expect(asTold(saleOf(1, 3, { state: 'closed' }))).toBe(3)
  expect(asTold(saleOf(2, 3))).toBe(3)
  take(saleOf(1, 3))
  expect(asTold(saleOf(1, 3))).toBe(0)
  pass(headStartMs)
  expect(asTold(saleOf(1, 3))).toBe(3)
})

test('what was collected long ago holds nothing back', () => {
  const { take, pass, asTold } = headStartOf()
  take(saleOf(1, 0))
  pass(60_000)
  expect(asTold(saleOf(1, 3))).toBe(3)
  expect(take(saleOf(1, 3))).toMatchObject({ everybody: 3, early: undefined })
})
