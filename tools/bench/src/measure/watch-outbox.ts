import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { Redis } from 'ioredis'

/** How long the oldest accepted order had waited for Postgres at one moment. */
export interface OutboxAge {
  /** Since the watch began. */
  readonly atMs: number
  readonly ageMs: number
}

const lookEveryMs = 50

/** Reads an item's oldest waiting entry repeatedly, on a connection of its own, until it is stopped. */
export function watchOutbox(redisUrl: string, itemId: number): { stop: () => OutboxAge[] } {
  const redis = new Redis(redisUrl)
  // When a run is broken off, Redis may be gone before this is.
  redis.on('error', () => undefined)
  const { outbox } = ledgerKeys(itemId)
  const ages: OutboxAge[] = []
  const startedAtMs = performance.now()
  const look = async () => {
    const entries = await redis.xrange(outbox, '-', '+', 'COUNT', 1)
    const [seconds = 0, micros = 0] = await redis.time()
    // The entry's id is the time when Redis took it, by the same clock.
    const takenAtMs = Number(entries[0]?.[0].split('-')[0])
    const ageMs = seconds * 1_000 + micros / 1_000 - takenAtMs
    ages.push({ atMs: performance.now() - startedAtMs, ageMs: Number.isNaN(ageMs) ? 0 : Math.max(0, ageMs) })
  }
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs)
  return {
    stop() {
      clearInterval(timer)
      redis.disconnect()
      return ages
    },
  }
}

export interface AgePercentiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export function agePercentiles(ages: readonly OutboxAge[]): AgePercentiles {
  const sorted = ages.map(({ ageMs }) => ageMs).toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 }
}
