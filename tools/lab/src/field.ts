import type { Finding } from './checker/judge.ts'
import type { Fault } from './faults/stage.ts'
import {
  clocksApart,
  contention,
  killedAt,
  pausedAt,
  pausedBeforeRelease,
  pausedUntilAnotherRead,
  twoAtOnce,
  twoFindItOld,
  workOutlastsLease,
} from './faults/process-faults.ts'
import {
  masterClockJumps,
  masterRestartsEmpty,
  promotedBeforeCopied,
  redisClockJumps,
  connectionsEnd,
  redisLosesTheStock,
  redisRestartsEmpty,
} from './faults/server-faults.ts'
import { productLosesRedis, productLosesRedisAndSeller } from './faults/product-faults.ts'
import type { Books } from './ground/books.ts'
import type { Point } from './strategies/points.ts'

/** One strategy, its faults, and the expected finding of each. */
export interface Row {
  /** Its file in strategies/. */
  readonly id: string
  /** Its name in the terminal's table. */
  readonly title: string
  readonly books: Books
  /** The stock stays right under the faults below. A finding of the stock that is expected all the same is a limit, which the page names. */
  readonly isSafe: boolean
  readonly faults: readonly Expectation[]
  /** All load goes to one process, since a mutex of one process promises nothing for several. */
  readonly oneProcess?: boolean
  readonly needsZooKeeper?: boolean
  readonly needsMasters?: boolean
}

interface Expectation {
  readonly fault: Fault
  readonly findings: readonly Finding[]
}

const read: Point = 'after it read the stock'
const takes: Point = 'before it takes a unit'
const wrote: Point = 'after it wrote the stock'
const locked: Point = 'after it got the lock'

const harmless: readonly Finding[] = []
const overlapping: readonly Finding[] = ['two holders']
const oversells: readonly Finding[] = ['oversold', 'two holders']
const deletes: readonly Finding[] = ['oversold', 'two holders', "deletes another's"]

function unsafe(id: string, title: string, faults: Expectation[], more: Partial<Row> = {}): Row {
  return { id, title, books: 'redis', isSafe: false, faults, ...more }
}

function safe(id: string, title: string, books: Books, faults: Expectation[], more: Partial<Row> = {}): Row {
  return { id, title, books, isSafe: true, faults, ...more }
}

function expect(findings: readonly Finding[], ...faults: Fault[]): Expectation[] {
  return faults.map((fault) => ({ fault, findings }))
}

/** Faults that any transaction of a store must survive. */
const onTransactions = expect(
  harmless,
  pausedAt(read),
  pausedUntilAnotherRead(read),
  twoAtOnce(read),
  pausedAt(wrote),
  killedAt(read),
  killedAt(wrote),
  clocksApart(read),
  contention,
)

/** Redis loses an accepted order with the stock, and tells all later buyers "sold out". */
const loseTheStock = expect(['lost', 'undersold'], redisLosesTheStock)

/** The whole table, in the order of the page. */
export const field: readonly Row[] = [
  unsafe('no-lock', 'no lock: read, then write', expect(['oversold'], twoAtOnce(read))),
  unsafe('in-process-mutex', 'in-process mutex', expect(oversells, twoAtOnce(read)), { oneProcess: true }),
  unsafe('setnx-del', 'SETNX, DEL', expect(['stuck'], killedAt(locked))),
  unsafe('setnx-expire', 'SETNX, then EXPIRE', expect(['stuck'], killedAt('after it set the lock and before EXPIRE'))),
  unsafe('setnx-timestamp', 'SETNX with a timestamp', expect(oversells, twoFindItOld)),
  unsafe('setnx-getset', 'SETNX with a timestamp, GETSET takeover', expect(oversells, clocksApart(read))),
  unsafe(
    'setnx-getset-compare',
    'the same, released after comparing the time',
    expect(deletes, pausedBeforeRelease('after it compared the time')),
  ),
  unsafe('set-nx-px-del', 'SET NX PX, DEL by anyone', expect(deletes, workOutlastsLease)),
  unsafe(
    'token-get-del',
    'owner token, GET then DEL',
    expect(deletes, pausedBeforeRelease('after it found its own token')),
  ),
  unsafe('token-script', 'owner token, compare-and-delete script', expect(oversells, pausedAt(read))),
  unsafe(
    'watchdog',
    'the same with a watchdog',
    expect(oversells, pausedAt('after it checked that the lock is its own')),
  ),
  unsafe(
    'redlock',
    'Redlock over five masters',
    expect(oversells, pausedAt(read), masterClockJumps, masterRestartsEmpty),
    {
      needsMasters: true,
    },
  ),
  unsafe('replicated-lock', 'lock on a master with a replica', expect(oversells, promotedBeforeCopied)),
  safe('watch-multi', 'WATCH, MULTI', 'redis with orders', [
    ...onTransactions,
    ...expect(harmless, connectionsEnd(read)),
    ...loseTheStock,
  ]),
  unsafe(
    'lua-then-queue',
    'one Lua decrement, then queue.add',
    expect(['lost', 'undersold'], killedAt('after it took a unit')),
    {
      books: 'redis with queue',
    },
  ),
  safe('postgres-update', 'Postgres: UPDATE WHERE units > 0', 'postgres', [
    ...expect(harmless, pausedAt(takes), pausedAt(wrote), twoAtOnce(takes), twoAtOnce(wrote)),
    ...expect(harmless, killedAt(takes), killedAt(wrote), clocksApart(takes), contention),
  ]),
  safe('postgres-version', 'Postgres: version column', 'postgres', onTransactions),
  safe('postgres-for-update', 'Postgres: FOR UPDATE', 'postgres', onTransactions),
  safe('postgres-advisory', 'Postgres: advisory lock', 'postgres', onTransactions),
  unsafe('zookeeper', 'ZooKeeper: ephemeral sequential node', expect(oversells, pausedAt(read)), {
    needsZooKeeper: true,
  }),
  unsafe(
    'zookeeper-late-fence',
    'ZooKeeper, zxid as fence at the write alone',
    expect(oversells, pausedUntilAnotherRead(read)),
    { books: 'redis with orders', needsZooKeeper: true },
  ),
  safe(
    'zookeeper-fenced',
    'ZooKeeper, zxid as fence at the reading too',
    'redis with orders',
    [
      ...expect(overlapping, pausedAt(read), pausedUntilAnotherRead(read), pausedBeforeRelease(wrote)),
      ...expect(harmless, twoAtOnce(read), workOutlastsLease),
      ...expect(harmless, killedAt(locked), killedAt(read), killedAt(wrote), clocksApart(read), contention),
      ...loseTheStock,
    ],
    { needsZooKeeper: true },
  ),
  safe('fenced-lease', 'fenced lease (ours), fence in Postgres', 'postgres', [
    ...expect(overlapping, pausedAt(read), pausedUntilAnotherRead(read), pausedAt(locked), pausedBeforeRelease(wrote)),
    ...expect(overlapping, redisClockJumps, redisRestartsEmpty(read), promotedBeforeCopied),
    ...expect(harmless, twoAtOnce(read), workOutlastsLease),
    ...expect(harmless, killedAt(locked), killedAt(read), killedAt(wrote), clocksApart(read), contention),
  ]),
  safe('gate-batch-outbox', 'gate, batch and outbox (ours)', 'product', [
    ...expect(harmless, killedAt('after Redis accepted its batch'), killedAt('before its batch goes to Redis')),
    ...expect(harmless, pausedAt('after Redis accepted its batch'), pausedAt('before its batch goes to Redis')),
    ...expect(harmless, twoAtOnce('after Redis accepted its batch'), twoAtOnce('before its batch goes to Redis')),
    ...expect(harmless, clocksApart('before its batch goes to Redis'), contention),
    ...expect(harmless, productLosesRedis('one Redis'), productLosesRedis('a Redis with a replica')),
    ...expect(['oversold', 'lost'], productLosesRedisAndSeller),
  ]),
]
