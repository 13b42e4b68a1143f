import type { TString } from 'typebox'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { IdInPath, idMax, MomentGiven } from './fields.ts'

const accepts = (schema: TString, text: string) => Value.Check(schema, text)

test.each(['1', '9', '10', '999999999', '1000000000', '1999999999', '2000000000', '2147483599', '2147483647'])(
  'a path may name the id %s',
  (id) => {
    expect(Number(id)).toBeLessThanOrEqual(idMax)
    expect(accepts(IdInPath, id)).toBe(true)
  },
)

test.each([
  '0',
  '01',
  '-1',
  '1.0',
  '1e3',
  ' 1',
  '',
  '2147483648',
  '2147483650',
  '2150000000',
  '3000000000',
  '10000000000',
])('a path may not name the id "%s"', (id) => expect(accepts(IdInPath, id)).toBe(false))

test.each(['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.123+08:00'])('a moment may be given as %s', (text) => {
  expect(accepts(MomentGiven, text)).toBe(true)
  expect(new Date(text).getTime()).not.toBeNaN()
})

test.each([
  '2026-11-22 10:00:00Z',
  '2026-12-31T23:59:60Z',
  '2026-11-22T10:00:00',
  '0000-01-01T00:00:00Z',
  '2026-11-22',
])('a moment may not be given as %s', (text) => expect(accepts(MomentGiven, text)).toBe(false))
