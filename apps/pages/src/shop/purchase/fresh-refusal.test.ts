import { expect, test } from 'vitest'
import type { Refusal } from './judge-answer.ts'
import { freshRefusal, isOutdated, leftMaxAfter, offerAfter, quantityMaxAfter } from './fresh-refusal.ts'
import type { RefusedPurchase } from './purchase.ts'

const refused = (refusal: Refusal, quantity = 1): RefusedPurchase => ({
  kind: 'refused',
  refusal,
  quantity,
  atMs: 10_000,
})

test('a refusal counts until the page knows the sale at a later moment', () => {
  const state = refused('SALE_PAUSED')
  expect(freshRefusal(state, 9_000)).toBe(state)
  expect(freshRefusal(state, 9_999)).toBe(state)
  expect(freshRefusal(state, 10_000)).toBeUndefined()
  expect(freshRefusal({ kind: 'ready' }, 0)).toBeUndefined()
})

test('a refusal is out of date once a later reading shows the sale open with enough units', () => {
  expect(isOutdated(refused('SALE_PAUSED'), 9_000, true, 5)).toBe(false)
  expect(isOutdated(refused('SALE_PAUSED'), 12_000, false, 5)).toBe(false)
  expect(isOutdated(refused('SALE_PAUSED'), 12_000, true, 5)).toBe(true)
  expect(isOutdated(refused('SOLD_OUT', 3), 12_000, true, 2)).toBe(false)
  expect(isOutdated(refused('SOLD_OUT', 3), 12_000, true, 3)).toBe(true)
  expect(isOutdated(refused('LIMIT_REACHED'), 12_000, true, 5)).toBe(false)
})

test.each([
  ['SALE_PAUSED', 'PAUSED'],
  ['SALE_CLOSED', 'OVER'],
  ['SALE_NOT_OPEN', 'NOT_YET'],
  ['ITEM_NOT_FOUND', 'OVER'],
  ['SOLD_OUT', 'SOLD_OUT'],
  ['LIMIT_REACHED', 'LIMIT_REACHED'],
  ['NOT_UNDERSTOOD', undefined],
] as const)('after %s of one unit the button says %s', (refusal, offer) => {
  expect(offerAfter(refused(refusal))).toBe(offer)
})

test('if too few units are left, or the buyer may have fewer, the buyer can still press for fewer', () => {
  for (const refusal of ['SOLD_OUT', 'LIMIT_REACHED'] as const) {
    expect(offerAfter(refused(refusal, 3))).toBeUndefined()
    expect(quantityMaxAfter(refused(refusal, 3))).toBe(2)
  }
  expect(leftMaxAfter(refused('SOLD_OUT', 3))).toBe(2)
  expect(leftMaxAfter(refused('LIMIT_REACHED', 3))).toBe(Infinity)
  expect(quantityMaxAfter(refused('SALE_PAUSED', 3))).toBe(Infinity)
  expect(quantityMaxAfter(undefined)).toBe(Infinity)
})
