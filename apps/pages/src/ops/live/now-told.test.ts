import { expect, test } from 'vitest'
import { liveItem } from './model/live-items.fixture.ts'
import { rateSample } from './model/rate-sample.fixture.ts'
import { tellNow } from './now-told.ts'

const second = rateSample()

test('in a storm it tells how many orders arrive, what becomes of them, and mostly why not', () => {
  const storm = rateSample({ accepted: 300, refused: { LIMIT_REACHED: 20, SOLD_OUT: 900 }, p99Ms: 31 })
  expect(tellNow([liveItem()], storm)).toEqual({
    kind: 'busy',
    arriving: 1_220,
    accepted: 300,
    refused: 920,
    reason: 'SOLD_OUT',
    p99Ms: 31,
  })
})

test('between storms it tells what is open, and nothing of orders while the rates are not fresh', () => {
  const items = [liveItem(), liveItem({ itemId: 2, available: 0 }), liveItem({ itemId: 3, state: 'closed' })]
  expect(tellNow(items, second)).toEqual({ kind: 'quiet', openCount: 2, soldOutCount: 1 })
  expect(tellNow([liveItem({ state: 'scheduled' })], second)).toEqual({ kind: 'nothingOpen' })
  expect(tellNow(items, undefined)).toBeUndefined()
})

test('an item whose ledger is lost is open, and nobody says that it is sold out', () => {
  const items = (['unavailable', 'unreadable', 'broken'] as const).map((invariant, itemId) =>
    liveItem({ itemId, available: 0, invariant }),
  )
  expect(tellNow(items, second)).toEqual({ kind: 'quiet', openCount: 3, soldOutCount: 0 })
})
