import type { Ground, Settings } from '../ground.ts'
import { CountedRedis } from '../locks/counted-redis.ts'
import { lockLibraries, type LockClient, type LockLibraryName } from '../locks/lock-libraries.ts'
import { interleave } from '../measure/interleave.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'

/** One library, on one Redis. */
interface LockLibraryFigure {
  /** Acquire and release by one client whom nobody disturbs: against ours, and the commands that it sends for it. */
  readonly aloneOfOurs: Spread
  readonly aloneTrips: number
  /** From the call of a release to the next waiter's lease, while others wait: ms, and against ours. */
  readonly handOffMs: Spread
  readonly handOffOfOurs: Spread
  /** Commands for an acquisition and its release while others wait. */
  readonly waitingTrips: number
  /** Of this machine, in this run. */
  readonly alonePerSecond: Spread
}

export interface LockFigure {
  readonly waiterCount: number
  readonly libraries: Readonly<Record<LockLibraryName, LockLibraryFigure>>
  /** Ours against the best of the others, each measure's own best. */
  readonly ofBest: {
    readonly alone: Spread
    readonly aloneTrips: number
    readonly handOff: Spread
    readonly waitingTrips: number
  }
}

interface LockSlice {
  readonly alonePerSecond: number
  readonly aloneTrips: number
  readonly handOffMs: number
  readonly waitingTrips: number
}

const waiterCount = 8
/** Of a slice, for one client alone, and as much for the waiters. */
const sliceShare = 0.5
/** Long enough for all waiters to have asked. */
const gatherMs = 20
/** What the work under the lock takes: a few round trips. */
const holdMs = 2

/** The longest round of hand-offs: a library that asks at long intervals. */
const longestRoundMs = 2_500

/** About how long all libraries take once. */
export function lockTurnMs({ sliceMs }: Pick<Settings, 'sliceMs'>): number {
  return Object.keys(lockLibraries).length * 2 * sliceMs * sliceShare + longestRoundMs
}

/** (m) Our lock beside the libraries that one would install, one client alone and eight waiters with a connection each. */
export async function measureLock(ground: Ground): Promise<LockFigure> {
  const { settings, say: onSlice, signal, redisUrl } = ground
  const names = Object.keys(lockLibraries) as LockLibraryName[]
  const opened = await Promise.all(names.map(async (name) => [name, await openClients(name, redisUrl)] as const))
  // Nobody syncs locks to disk: they end by themselves.
  await ground.redis.config('SET', 'appendfsync', 'no')
  try {
    const sliceMs = settings.sliceMs * sliceShare
    const turns = Object.fromEntries(
      opened.map(([name, clients]) => [name, () => measureSlice(name, clients, sliceMs)]),
    )
    return figureOf(
      await interleave(turns as Record<LockLibraryName, () => Promise<LockSlice>>, { ...settings, signal, onSlice }),
    )
  } finally {
    await ground.redis.config('SET', 'appendfsync', 'always').catch(() => undefined)
    for (const [, { clients, connections }] of opened) {
      for (const client of clients) client.close?.()
      for (const redis of connections) redis.disconnect()
    }
  }
}

interface OpenClients {
  readonly clients: readonly LockClient[]
  readonly connections: readonly CountedRedis[]
}

/** The holder and its waiters, each with connections of its own, as in as many processes. */
async function openClients(name: LockLibraryName, redisUrl: string): Promise<OpenClients> {
  const connections: CountedRedis[] = []
  const connect = (): CountedRedis => {
    const redis = new CountedRedis(redisUrl)
    redis.on('error', () => undefined)
    connections.push(redis)
    return redis
  }
  const clients = Array.from({ length: waiterCount + 1 }, () => lockLibraries[name](connect))
  await Promise.all(connections.map((redis) => redis.ping()))
  return { clients, connections }
}

async function measureSlice(name: string, { clients, connections }: OpenClients, sliceMs: number): Promise<LockSlice> {
  const sentCount = (): number => connections.reduce((sum, redis) => sum + redis.sentCount, 0)
  const sentAtFirst = sentCount()
  const alone = await pressAlone(clients[0]!, `bench:${name}`, sliceMs)
  const sentAlone = sentCount() - sentAtFirst
  // Not counted: a lock that is waited for is waited for again and again, so subscriptions stand and scripts are known.
  await handOver(clients, `bench:${name}`, 0)
  const sentBefore = sentCount()
  const handOffs = await handOver(clients, `bench:${name}`, sliceMs)
  const sentWaiting = sentCount() - sentBefore
  return {
    alonePerSecond: alone.count / (alone.ms / 1_000),
    aloneTrips: sentAlone / alone.count,
    handOffMs: spreadOf(handOffs).median,
    // Of each round, the first holder as well.
    waitingTrips: sentWaiting / ((handOffs.length / waiterCount) * clients.length),
  }
}

async function pressAlone(
  client: LockClient,
  lockName: string,
  sliceMs: number,
): Promise<{ count: number; ms: number }> {
  const startedAt = performance.now()
  let count = 0
  do {
    const release = await client.acquire(lockName)
    await release()
    count += 1
  } while (performance.now() - startedAt < sliceMs)
  return { count, ms: performance.now() - startedAt }
}

/** Rounds in which one holds the lock until all others wait, and then each hands it on. The hand-offs in ms. */
async function handOver(
  [first, ...waiters]: readonly LockClient[],
  lockName: string,
  sliceMs: number,
): Promise<number[]> {
  const handOffs: number[] = []
  const startedAt = performance.now()
  do {
    let releasedAt = 0
    const handOn = async (release: () => Promise<unknown>): Promise<void> => {
      releasedAt = performance.now()
      await release()
    }
    const release = await first!.acquire(lockName)
    const served = waiters.map(async (waiter) => {
      const releaseOwn = await waiter.acquire(lockName)
      handOffs.push(performance.now() - releasedAt)
      await pause(holdMs)
      await handOn(releaseOwn)
    })
    await pause(gatherMs)
    await handOn(release)
    await Promise.all(served)
  } while (performance.now() - startedAt < sliceMs)
  return handOffs
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function figureOf(slices: Record<LockLibraryName, LockSlice[]>): LockFigure {
  const valuesOf = (name: LockLibraryName, measure: keyof LockSlice) => slices[name].map((slice) => slice[measure])
  const medianOf = (name: LockLibraryName, measure: keyof LockSlice) => spreadOf(valuesOf(name, measure)).median
  const names = Object.keys(slices) as LockLibraryName[]
  const others = names.filter((name) => name !== 'ours')
  /** Ours against the other that is best by the middle of its rounds. */
  const ofBest = (measure: keyof LockSlice, isBetter: (a: number, b: number) => boolean): Spread => {
    const best = others.reduce((a, b) => (isBetter(medianOf(b, measure), medianOf(a, measure)) ? b : a))
    return ratioOf(valuesOf('ours', measure), valuesOf(best, measure))
  }
  const [most, least] = [(a: number, b: number) => a > b, (a: number, b: number) => a < b]
  const figures = names.map((name): [LockLibraryName, LockLibraryFigure] => [
    name,
    {
      aloneOfOurs: ratioOf(valuesOf(name, 'alonePerSecond'), valuesOf('ours', 'alonePerSecond')),
      aloneTrips: medianOf(name, 'aloneTrips'),
      handOffMs: spreadOf(valuesOf(name, 'handOffMs')),
      handOffOfOurs: ratioOf(valuesOf(name, 'handOffMs'), valuesOf('ours', 'handOffMs')),
      waitingTrips: medianOf(name, 'waitingTrips'),
      alonePerSecond: spreadOf(valuesOf(name, 'alonePerSecond')),
    },
  ])
  return {
    waiterCount,
    libraries: Object.fromEntries(figures) as Record<LockLibraryName, LockLibraryFigure>,
    ofBest: {
      alone: ofBest('alonePerSecond', most),
      aloneTrips: ofBest('aloneTrips', least).median,
      handOff: ofBest('handOffMs', least),
      waitingTrips: ofBest('waitingTrips', least).median,
    },
  }
}
