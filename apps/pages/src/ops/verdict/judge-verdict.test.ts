import type { LiveItem, LiveProcess, LiveStore } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { liveItem } from '../live/model/live-items.fixture.ts'
import { rateSample } from '../live/model/rate-sample.fixture.ts'
import { judgeVerdict } from './judge-verdict.ts'
import type { KnownState } from './known-state.ts'

const nowMs = Date.parse('2026-11-22T10:30:00.000Z')
const ago = (ms: number) => new Date(nowMs - ms).toISOString()

function store(name: LiveStore['name'], given: Partial<LiveStore> = {}): LiveStore {
  return { name, state: 'well', since: ago(3_600_000), ...given }
}

function process(kind: LiveProcess['kind'], silentMs = 0, given: Partial<LiveProcess> = {}): LiveProcess {
  const times = { startedAt: ago(3_600_000), lastSeenAt: ago(silentMs) }
  return { id: `host:${kind}`, kind, silentMs, ...times, perSecond: 0, share: 0, ...given }
}

function second(agoMs: number, p99Ms: number | null) {
  return rateSample({ at: ago(agoMs), accepted: 10, persisted: 10, p99Ms })
}

const live = { kind: 'live' } as const
const [redis, postgres] = [store('redis'), store('postgres')]
const [api, worker] = [process('api'), process('worker')]
const well: KnownState = {
  freshness: live,
  frameAtMs: nowMs,
  items: [liveItem()],
  processes: [api, worker],
  stores: [redis, postgres],
  degraded: [],
  failedJobs: 0,
  troubles: null,
  rates: [second(3_000, 20), second(2_000, 20), second(1_000, null)],
}
const item = (given: Partial<LiveItem>) => ({ items: [liveItem(given)] })
const waiting = { available: 38, outboxUnits: 62 }
const silentRedis = store('redis', { state: 'silent', since: ago(8_000) })
const silentPostgres = store('postgres', { state: 'silent', since: ago(8_000) })

const ill = (...causes: unknown[]) => ({ kind: 'ill', causes })

/** What the page knows beside that all is well, and the verdict. */
const rows: readonly (readonly [string, Partial<KnownState>, unknown])[] = [
  ['all is well while everything works', {}, { kind: 'well' }],
  ['all is well without an item', { items: [] }, { kind: 'well' }],
  [
    'nothing is known before the first frame',
    { frameAtMs: undefined, freshness: { kind: 'connecting' } },
    { kind: 'unknown' },
  ],

  // The connection of the page
  [
    'a lost connection is told with the age of the numbers, and nothing else is',
    { freshness: { kind: 'lost', frameAt: ago(4_000), ageMs: 4_000, retryInMs: 900 }, processes: [api] },
    ill({ name: 'NO_CONNECTION', frameAt: ago(4_000), ageMs: 4_000, retryInMs: 900 }),
  ],
  ['a connection that is lost for a moment is not told', { freshness: { kind: 'lost', ageMs: 900 } }, { kind: 'well' }],
  [
    'a page that never heard anything says that it has no connection',
    { freshness: { kind: 'lost' }, frameAtMs: undefined },
    ill({ name: 'NO_CONNECTION' }),
  ],
  [
    'a service that refuses the numbers is quoted',
    { freshness: { kind: 'lost', refusal: 'The stores did not answer.' }, frameAtMs: undefined },
    ill({ name: 'NOT_SERVED', reason: 'The stores did not answer.' }),
  ],
  [
    'an open connection on which nothing comes is told',
    { freshness: { kind: 'stale', frameAt: ago(6_000), ageMs: 6_000 } },
    ill({ name: 'NOTHING_COMES', frameAt: ago(6_000), ageMs: 6_000 }),
  ],

  // The stores
  [
    'a silent Redis is the cause, and neither silent processes nor a missing ledger are claimed',
    {
      stores: [silentRedis, postgres],
      processes: [process('api', 8_000), process('worker', 8_000)],
      failedJobs: null,
      ...item({ invariant: 'unreadable', oldestOutboxAgeMs: 9_000, ...waiting }),
    },
    ill({ name: 'REDIS_SILENT', forMs: 8_000 }),
  ],
  [
    'a silent Postgres is the cause, and explains why orders wait',
    { stores: [redis, silentPostgres], ...item({ invariant: 'unreadable', oldestOutboxAgeMs: 9_000, ...waiting }) },
    ill({ name: 'POSTGRES_SILENT', forMs: 8_000, waitingUnits: 62 }),
  ],
  [
    'while both stores are silent Redis comes first',
    { stores: [silentRedis, silentPostgres], ...item({ invariant: 'unreadable' }) },
    ill({ name: 'REDIS_SILENT', forMs: 8_000 }, { name: 'POSTGRES_SILENT', forMs: 8_000, waitingUnits: 0 }),
  ],
  [
    'a Redis that takes no writes takes no reports either: its fault is told, and no process is blamed',
    {
      stores: [store('redis', { state: 'impaired', since: ago(9_000), fault: 'Redis refuses writes: OOM.' }), postgres],
      processes: [process('api', 9_000), process('worker', 9_000)],
    },
    ill({ name: 'REDIS_IMPAIRED', forMs: 9_000, fault: 'Redis refuses writes: OOM.' }),
  ],
  [
    'a read-only Postgres is told with its fault',
    { stores: [redis, store('postgres', { state: 'impaired', since: ago(5_000), fault: 'Postgres is read-only.' })] },
    ill({ name: 'POSTGRES_IMPAIRED', forMs: 5_000, fault: 'Postgres is read-only.' }),
  ],

  // The processes
  [
    'no worker is told with what waits, and explains why orders wait',
    {
      processes: [api, process('worker', 40_000)],
      ...item({ invariant: 'settling', oldestOutboxAgeMs: 40_000, ...waiting }),
    },
    ill({ name: 'NO_WORKER', forMs: 40_000, waitingUnits: 62 }),
  ],
  [
    'a service that never had a worker has none',
    { processes: [api] },
    ill({ name: 'NO_WORKER', forMs: undefined, waitingUnits: 0 }),
  ],
  ['before any process was heard nobody is missing', { processes: [] }, { kind: 'well' }],
  [
    'a silent process beside one that works is told',
    { processes: [api, process('api', 6_000, { id: 'host:2' }), worker] },
    ill({ name: 'PROCESS_SILENT', kind: 'api', id: 'host:2', forMs: 6_000, othersCount: 1 }),
  ],
  [
    'a process that died and was replaced is not told',
    { processes: [api, process('worker', 60_000), process('worker', 0, { id: 'host:2', startedAt: ago(50_000) })] },
    { kind: 'well' },
  ],

  // The items
  [
    'units that do not add up are told with the sums',
    {
      items: [
        liveItem({ invariant: 'broken', faults: { oversold: 3, undersold: 0 } }),
        liveItem({ itemId: 2, name: 'Two', invariant: 'broken', faults: { oversold: 0, undersold: 2 } }),
        liveItem({ itemId: 3 }),
      ],
    },
    ill({ name: 'NOT_BALANCED', names: ['One', 'Two'], oversold: 3, undersold: 2 }),
  ],
  [
    'an open item without a ledger is told',
    item({ invariant: 'unavailable' }),
    ill({ name: 'NO_LEDGER', names: ['One'], isBeingMade: false }),
  ],
  [
    'a ledger under a lock is being made',
    item({ invariant: 'unavailable', lock: { holder: 'rebuild by host:1', since: ago(100), expiresInMs: 5_000 } }),
    ill({ name: 'NO_LEDGER', names: ['One'], isBeingMade: true }),
  ],
  ['a sale that is not open needs no ledger', item({ invariant: 'unavailable', state: 'closed' }), { kind: 'well' }],
  [
    'orders on their way are no cause',
    item({ invariant: 'settling', oldestOutboxAgeMs: 4_900, ...waiting }),
    { kind: 'well' },
  ],
  [
    'orders that wait longer than 5 s are told',
    item({ invariant: 'settling', oldestOutboxAgeMs: 5_100, ...waiting }),
    ill({ name: 'OUTBOX_OLD', ageMs: 5_100, waitingUnits: 62 }),
  ],
  [
    'a paused sale is told once, however many items it has',
    { items: [liveItem({ state: 'paused' }), liveItem({ itemId: 2, state: 'paused' })] },
    ill({ name: 'SALE_PAUSED', names: ['Drop'] }),
  ],

  // The work
  [
    'failed jobs are told, and that no order waits for long if another job has saved theirs',
    { failedJobs: 2, ...item({ oldestOutboxAgeMs: 400, ...waiting }) },
    ill({ name: 'FAILED_JOBS', count: 2, mayWait: false }),
  ],
  [
    'orders of failed jobs wait while the oldest one does',
    { failedJobs: 2, ...item({ oldestOutboxAgeMs: 9_000, ...waiting }) },
    ill({ name: 'OUTBOX_OLD', ageMs: 9_000, waitingUnits: 62 }, { name: 'FAILED_JOBS', count: 2, mayWait: true }),
  ],
  [
    'orders of failed jobs may wait while nobody can read whether they do',
    { failedJobs: 2, ...item({ invariant: 'unreadable' }) },
    ill({ name: 'FAILED_JOBS', count: 2, mayWait: true }),
  ],
  [
    'orders of failed jobs may wait while a ledger is lost, and its outbox with it',
    { failedJobs: 2, ...item({ invariant: 'unavailable' }) },
    expect.objectContaining({
      causes: expect.arrayContaining([{ name: 'FAILED_JOBS', count: 2, mayWait: true }]) as unknown,
    }),
  ],
  [
    'failing refunds, unknown money, webhooks that fail or are paused, and dead letters are told, money first',
    {
      troubles: {
        failingRefunds: 2,
        unknownMoney: 1,
        failedEndpoints: 1,
        failingEndpoints: 3,
        pausedEndpoints: 4,
        deadLetters: 5,
      },
    },
    ill(
      { name: 'UNKNOWN_MONEY', count: 1 },
      { name: 'REFUNDS_FAIL', count: 2 },
      { name: 'WEBHOOKS_STOPPED', count: 1 },
      { name: 'WEBHOOKS_FAIL', count: 3 },
      { name: 'DEAD_LETTERS', count: 5 },
      { name: 'WEBHOOKS_PAUSED', count: 4 },
    ),
  ],
  [
    'what the API says of itself is quoted',
    { degraded: ['Redis has ledgers of items that are not in Postgres (7).'] },
    ill({ name: 'DEGRADED', reason: 'Redis has ledgers of items that are not in Postgres (7).' }),
  ],
  [
    'answers that are slow for some seconds are told',
    { rates: [second(4_000, 700), second(3_000, 900), second(2_000, 800), second(1_000, 20)] },
    ill({ name: 'SLOW', p99Ms: 900, targetMs: 500 }),
  ],
  ['two slow seconds are no cause', { rates: [second(3_000, 900), second(2_000, 900)] }, { kind: 'well' }],
  [
    'answers that were slow a while ago are no cause',
    { rates: [30, 29, 28].map((s) => second(s * 1_000, 900)) },
    { kind: 'well' },
  ],
  [
    'the worst of several causes comes first',
    { failedJobs: 1, processes: [api], items: [liveItem({ state: 'paused' })] },
    ill(
      { name: 'NO_WORKER', forMs: undefined, waitingUnits: 0 },
      { name: 'FAILED_JOBS', count: 1, mayWait: false },
      { name: 'SALE_PAUSED', names: ['Drop'] },
    ),
  ],
]

test.each(rows)('%s', (_, given, verdict) => {
  expect(judgeVerdict({ ...well, ...given })).toEqual(verdict)
})
