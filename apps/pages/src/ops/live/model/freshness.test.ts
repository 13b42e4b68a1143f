import { expect, test } from 'vitest'
import { noAnswer } from '../../../server/problem.ts'
import { judgeFreshness } from './freshness.ts'

const frame = { at: '2026-11-22T10:00:00.000Z', receivedAt: 10_000 }

test('before the first frame the page is connecting, and after it live', () => {
  expect(judgeFreshness({ kind: 'connecting' }, undefined, 0)).toEqual({ kind: 'connecting' })
  expect(judgeFreshness({ kind: 'open' }, undefined, 0)).toEqual({ kind: 'connecting' })
  expect(judgeFreshness({ kind: 'open' }, frame, 11_000)).toEqual({ kind: 'live' })
})

test('a connection on which nothing comes is not called live', () => {
  expect(judgeFreshness({ kind: 'open' }, frame, 16_000)).toEqual({ kind: 'stale', frameAt: frame.at, ageMs: 6_000 })
})

test('a lost connection says how old the numbers are and when the next try is', () => {
  const waiting = { kind: 'waiting', retryAt: 14_000, problem: noAnswer('away') } as const
  expect(judgeFreshness(waiting, frame, 12_000)).toEqual({
    kind: 'lost',
    frameAt: frame.at,
    ageMs: 2_000,
    retryInMs: 2_000,
  })
})

test('it stays lost while it is being made anew', () => {
  expect(judgeFreshness({ kind: 'connecting' }, frame, 20_000)).toMatchObject({ kind: 'lost', ageMs: 10_000 })
})
