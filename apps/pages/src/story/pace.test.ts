import { expect, test } from 'vitest'
import { liveItem } from '../ops/live/model/live-items.fixture.ts'
import { lastsMs, notePaces, rushOf, unitsPerSecond, type Paces } from './pace.ts'

/** Readings of what is available, one each 250 ms. */
function paceOf(available: readonly number[], total = 100): Paces {
  let paces: Paces = new Map()
  available.forEach((units, i) => (paces = notePaces(paces, [liveItem({ total, available: units })], i * 250)))
  return paces
}

test('an item that loses four units a second and has forty left lasts ten seconds', () => {
  const available = Array.from({ length: 61 }, (_, i) => 100 - i)
  expect(lastsMs(paceOf(available).get(1))).toBe(10_000)
})

test.each([
  ['nothing is known yet', []],
  ['it was watched for less than two seconds', [100, 90, 80]],
  ['nobody buys', Array.from({ length: 20 }, () => 50)],
  ['it is sold out', Array.from({ length: 20 }, (_, i) => 19 - i)],
])('how long it lasts is not said while %s', (_why, available) => {
  expect(lastsMs(paceOf(available).get(1))).toBeUndefined()
})

test('a restock is not taken for a pace', () => {
  const before = paceOf(Array.from({ length: 20 }, (_, i) => 40 - i))
  const after = notePaces(before, [liveItem({ total: 200, available: 121 })], 5_250)
  expect(lastsMs(after.get(1))).toBeUndefined()
})

test('what is kept stays bounded, and items that are gone are forgotten', () => {
  const paces = paceOf(Array.from({ length: 10_000 }, (_, i) => 10_000 - i))
  expect(paces.get(1)?.readings.length).toBeLessThanOrEqual(41)
  expect(notePaces(paces, [], 0).size).toBe(0)
})

const stock = (available: number) => [{ itemId: 1, total: 100, available }]

test('the units that go in a second follow from the readings of the last seconds', () => {
  const early = notePaces(new Map(), stock(100), 0)
  expect(unitsPerSecond(early.get(1))).toBeUndefined()
  const later = notePaces(early, stock(60), 4_000)
  expect(unitsPerSecond(later.get(1))).toBe(10)
  expect(unitsPerSecond(notePaces(later, stock(60), 15_000).get(1))).toBeUndefined()
})

test('one buyer in ten seconds is no rush, and one a second is', () => {
  const early = notePaces(new Map(), stock(100), 0)
  expect(rushOf(early.get(1))).toBeUndefined()
  expect(rushOf(notePaces(early, stock(99), 9_000).get(1))).toBeUndefined()
  expect(rushOf(notePaces(early, stock(95), 5_000).get(1))).toEqual({ perSecond: 1, leftMs: 95_000 })
  expect(rushOf(notePaces(early, stock(0), 5_000).get(1))).toEqual({ perSecond: 20 })
})
