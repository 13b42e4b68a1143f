import { expect, test } from 'vitest'
import { dropMarks, dropRates } from './drop-samples.ts'

test('counts since the opening become orders per second, each at the end of its time', () => {
  const points = [
    { at: '2026-11-22T10:00:00.000Z', seconds: 4, accepted: 40, replayed: 1, refused: { SOLD_OUT: 8 } },
    { at: '2026-11-22T10:00:04.000Z', seconds: 2, accepted: 0, replayed: 0, refused: {} },
  ]
  const { samples, ...rest } = dropRates({ points })!
  expect(rest).toEqual({ stepSeconds: 4, spanSeconds: 30 })
  expect(samples).toMatchObject([
    { at: '2026-11-22T10:00:04.000Z', accepted: 10, refused: { SOLD_OUT: 2 } },
    { at: '2026-11-22T10:00:06.000Z', accepted: 0, refused: {} },
  ])
  expect(dropRates({ points: [] })).toBeUndefined()
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
