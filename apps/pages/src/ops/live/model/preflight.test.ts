import type { LiveReadiness } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { liveItem } from './live-items.fixture.ts'
import { judgePreflight, preflightChecks, roughly, worstCheck, type PreflightFacts } from './preflight.ts'

const at = '2026-11-22T10:00:00.000Z'
const nowMs = Date.parse(at)
const worker = { id: 'w', kind: 'worker', startedAt: at, lastSeenAt: at, silentMs: 0, perSecond: 0, share: 0 } as const
const stores = (['redis', 'postgres'] as const).map((name) => ({ name, state: 'well', since: at }) as const)
const readiness: LiveReadiness = {
  level: 'fsync',
  clock: { apartMs: -12 },
  redisRoom: { usedBytes: 1_000_000, limitBytes: 2_000_000, isLimited: true },
}
const well: PreflightFacts = { items: [liveItem()], processes: [worker], stores, readiness, nowMs }
const all = Object.fromEntries(preflightChecks.map((check) => [check, 'ready']))

const withReadiness = (given: Partial<LiveReadiness>) => ({ readiness: { ...readiness, ...given } })
const silentRedis = stores.map((store) => (store.name === 'redis' ? ({ ...store, state: 'silent' } as const) : store))

test.each<[string, Partial<PreflightFacts>, object]>([
  ['everything is there', {}, {}],
  ['no worker reports', { processes: [{ ...worker, silentMs: 4_000 }] }, { worker: 'amiss' }],
  ['Redis is silent, so nothing is known of workers', { stores: silentRedis }, { redis: 'amiss', worker: 'unknown' }],
  ['a crash may lose accepted orders', withReadiness({ level: 'none' }), { durable: 'amiss' }],
  ['a ledger is missing', { items: [liveItem({ invariant: 'unavailable' })] }, { ledgers: 'amiss' }],
  ['the ledgers cannot be read', { items: [liveItem({ invariant: 'unreadable' })] }, { ledgers: 'unknown' }],
  ['the clocks are apart', withReadiness({ clock: { apartMs: 1_500 } }), { clock: 'amiss' }],
  [
    'the clock jumped a minute ago',
    withReadiness({ clock: { apartMs: 0, steppedAt: new Date(nowMs - 60_000).toISOString(), steppedMs: 9_000 } }),
    { clock: 'amiss' },
  ],
  [
    'the clock jumped an hour ago',
    withReadiness({ clock: { apartMs: 0, steppedAt: new Date(nowMs - 3_600_000).toISOString(), steppedMs: 9_000 } }),
    {},
  ],
  ['more units are on sale than Redis has room for', { items: [liveItem({ available: 2_000 })] }, { room: 'amiss' }],
  [
    'Redis has not told its clock and its memory yet',
    withReadiness({ clock: null, redisRoom: null }),
    { clock: 'unknown', room: 'unknown' },
  ],
])('before an opening it is told when %s', (_when, facts, expected) => {
  expect(judgePreflight({ ...well, ...facts })).toEqual({ ...all, ...expected })
})

const verdictWith = (facts: Partial<PreflightFacts>) => worstCheck(judgePreflight({ ...well, ...facts }))

test('a sale is not ready only if something is amiss: what could not be read is unknown', () => {
  expect(verdictWith({})).toBe('ready')
  expect(verdictWith(withReadiness({ clock: null }))).toBe('unknown')
  expect(verdictWith({ ...withReadiness({ clock: null }), processes: [] })).toBe('amiss')
})

test('an estimate has two digits, and is rather too small', () => {
  expect([0, 7, 86, 999, 42_123_212].map(roughly)).toEqual([0, 7, 86, 990, 42_000_000])
})
