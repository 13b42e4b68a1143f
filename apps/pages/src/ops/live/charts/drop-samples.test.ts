import { expect, test } from 'vitest'
import { dropMarks, dropRates, endOfDrop } from './drop-samples.ts'

const drop = { saleId: 1, points: [], marks: [] }
const at = (second: number) => new Date(Date.parse('2026-11-22T10:00:00.000Z') + second * 1_000)

test('counts since the opening become orders per second, each at the end of its time', () => {
  const points = [
    { at: at(0).toISOString(), seconds: 4, accepted: 40, replayed: 1, refused: { SOLD_OUT: 8 } },
    { at: at(4).toISOString(), seconds: 2, accepted: 0, replayed: 0, refused: {} },
  ]
  const { samples, ...rest } = dropRates({ points }, at(0).getTime(), at(6).getTime())!
  expect(rest).toEqual({ stepSeconds: 4, spanSeconds: 30 })
  expect(samples).toMatchObject([
    { at: at(4).toISOString(), accepted: 10, refused: { SOLD_OUT: 2 } },
    { at: at(6).toISOString(), accepted: 0, refused: {} },
  ])
  expect(dropRates({ points: [] }, 0, 1)).toBeUndefined()
})

test('the chart begins at the opening and ends now: the time without an order is at zero, with a bounded number of samples', () => {
  const points = [{ at: at(60).toISOString(), seconds: 1, accepted: 5, replayed: 0, refused: {} }]
  const { samples, stepSeconds, spanSeconds } = dropRates({ points }, at(0).getTime(), at(3_661).getTime())!
  expect(samples.length).toBe(60 + 1 + 120)
  expect(samples.filter(({ accepted }) => accepted > 0).map((sample) => sample.at)).toEqual([at(61).toISOString()])
  expect(samples.at(-1)!.at).toBe(at(3_661).toISOString())
  expect({ stepSeconds, spanSeconds }).toEqual({ stepSeconds: 30, spanSeconds: 3_661 })
})

test('a sale that was closed ends there', () => {
  const close = { at: at(40).toISOString(), kind: 'close' as const }
  const when = { closesAt: at(90).toISOString(), isSoldOut: false, nowMs: at(50).getTime() }
  expect(endOfDrop({ ...drop, marks: [] }, when)).toBe(at(50).getTime())
  expect(endOfDrop({ ...drop, marks: [close] }, when)).toBe(at(40).getTime())
})

test('the chart of a sold-out sale ends with its last order, however long the sale stays open', () => {
  const points = [{ at: at(3).toISOString(), seconds: 1, accepted: 5, replayed: 0, refused: {} }]
  const when = { closesAt: at(9_000).toISOString(), isSoldOut: true, nowMs: at(3_600).getTime() }
  expect(endOfDrop({ ...drop, points }, when)).toBe(at(4).getTime())
  expect(endOfDrop({ ...drop, points }, { ...when, isSoldOut: false })).toBe(when.nowMs)
})

test('marks of a sale are its acts and its sold-out moments, in order, each with its name', () => {
  const marks = [
    { at: '2026-11-22T10:00:00.000Z', kind: 'opening' as const },
    { at: '2026-11-22T10:05:00.000Z', kind: 'restock' as const, itemId: 7 },
  ]
  const soldOut = [{ itemId: 7, at: '2026-11-22T10:00:03.000Z', sellingMs: 3_000 }]
  expect(dropMarks({ marks }, soldOut, 'Drop', new Map([[7, 'Lamp']])).map(({ kind, name }) => [kind, name])).toEqual([
    ['opening', 'Drop'],
    ['soldOut', 'Lamp'],
    ['restock', 'Lamp'],
  ])
})
