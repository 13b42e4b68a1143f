import { expect, test } from 'vitest'
import { standingOf } from './endpoint-standing.ts'

const failing = { since: '2026-11-22T10:00:00.000Z', tries: 3, failure: '503' }

test.each([
  ['waiting', { state: 'active' }],
  ['delivering', { state: 'active', lastDeliveredAt: failing.since }],
  ['failing', { state: 'active', failing }],
  ['failed', { state: 'failed', failing }],
  ['paused', { state: 'paused', failing }],
] as const)('an endpoint is %s', (standing, endpoint) => expect(standingOf(endpoint)).toBe(standing))
