import type { LiveStore, StoreName } from '@flash-sale/contract/live'
import { describeMissingItems } from '@flash-sale/stock/missing-items'
import { storeNames } from '@flash-sale/contract/live'
import type { ApiContext } from '../api-context.ts'

/** What this process knows of its stores, as the live view tells it. */
export interface StoreSight {
  /** Asks the stores again if it is time. Never rejects, and takes about a second while a store is silent. */
  look(): Promise<void>
  readonly stores: readonly LiveStore[]
  /** What else does not work although orders are accepted, a sentence for each reason. */
  readonly degraded: readonly string[]
}

type Seen = Pick<LiveStore, 'state' | 'fault'>

const lookEveryMs = 1_000
/** A store that had a fault is asked sooner, so that its end is told soon. */
const lookAtFaultEveryMs = 250
const well: Seen = { state: 'well' }

/**
 * Watches the stores for the live view. A fault is told when two looks in a row found it, since a store on a busy machine may miss one;
 * its end is told at once.
 */
export function createStoreSight({
  watch,
  standing,
  readRedis,
}: Pick<ApiContext, 'watch' | 'standing' | 'readRedis'>): StoreSight {
  const beganAt = new Date().toISOString()
  const stores = new Map<StoreName, LiveStore>(storeNames.map((name) => [name, { name, ...well, since: beganAt }]))
  /** A fault that only one look has found, and when that look began. */
  const suspicions = new Map<StoreName, string>()
  let degraded: readonly string[] = []
  let isLooking = false
  let nextLookAtMs = -Infinity

  async function ask(): Promise<Record<StoreName, Seen>> {
    const faults = await watch.findFaults()
    const ofRedis = new Set([faults.redis, standing.fault].filter((fault) => fault !== undefined))
    return {
      redis: seenOf(faults.isSilent.redis, ofRedis.size > 0 ? [...ofRedis].join(' ') : undefined),
      postgres: seenOf(faults.isSilent.postgres, faults.postgres),
    }
  }

  function note(name: StoreName, seen: Seen, askedAt: string): void {
    const before = stores.get(name)!
    const { state, fault } = seen
    if (state === before.state) {
      suspicions.delete(name)
      if (fault !== before.fault) stores.set(name, { name, ...seen, since: before.since })
      return
    }
    const suspectedAt = suspicions.get(name)
    if (state !== 'well' && suspectedAt === undefined) {
      suspicions.set(name, askedAt)
      return
    }
    suspicions.delete(name)
    stores.set(name, { name, ...seen, since: state === 'well' ? new Date().toISOString() : (suspectedAt ?? askedAt) })
  }

  return {
    get stores() {
      return [...stores.values()]
    },
    get degraded() {
      return degraded
    },
    async look() {
      if (isLooking || performance.now() < nextLookAtMs) return
      isLooking = true
      const askedAt = new Date().toISOString()
      const seen = await ask()
      for (const name of storeNames) note(name, seen[name], askedAt)
      if (seen.redis.state !== 'silent') {
        const missing = await describeMissingItems(readRedis).catch(() => undefined)
        degraded = missing === undefined ? [] : [missing]
      }
      const hasFault = storeNames.some((name) => seen[name].state !== 'well')
      nextLookAtMs = performance.now() + (hasFault ? lookAtFaultEveryMs : lookEveryMs)
      isLooking = false
    },
  }
}

function seenOf(isSilent: boolean, fault: string | undefined): Seen {
  if (fault === undefined) return well
  return { state: isSilent ? 'silent' : 'impaired', fault }
}
