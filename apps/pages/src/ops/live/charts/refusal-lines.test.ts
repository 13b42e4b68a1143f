import type { RateSample } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { refusalLines } from './refusal-lines.ts'

const samples = (...refused: RateSample['refused'][]) => refused.map((codes) => ({ refused: codes })) as RateSample[]

test('reasons that did not occur have no line', () => {
  expect(refusalLines(samples({ SOLD_OUT: 5, BUSY: 0 }, {}))).toEqual({ named: ['SOLD_OUT'], rest: [] })
})

test('a line keeps its place when another reason becomes commoner', () => {
  const one = refusalLines(samples({ LIMIT_REACHED: 1, SOLD_OUT: 9 }))
  const other = refusalLines(samples({ LIMIT_REACHED: 9, SOLD_OUT: 1 }))
  expect(one.named).toEqual(other.named)
})

test('the rarest of many reasons share one line, and none is lost', () => {
  const refused = {
    SOLD_OUT: 9,
    LIMIT_REACHED: 8,
    SALE_NOT_OPEN: 7,
    SALE_PAUSED: 6,
    BUSY: 5,
    OVERLOADED: 4,
    UNAVAILABLE: 3,
    KEY_CONFLICT: 2,
  }
  const { named, rest } = refusalLines(samples(refused))
  expect(named).toHaveLength(6)
  expect(rest).toEqual(['UNAVAILABLE', 'KEY_CONFLICT'])
})
