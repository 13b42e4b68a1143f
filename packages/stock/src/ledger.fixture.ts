import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { beginRebuild, commitRebuild, emptyChunk, loadChunk, type LedgerHead } from './rebuild-ledger.ts'

const hourMs = 3_600_000

/** Makes an empty ledger, open now, the way a rebuild does; returns its head. */
export async function makeLedger(
  redis: Redis,
  itemId: number,
  overrides: Partial<LedgerHead> = {},
): Promise<LedgerHead> {
  const total = overrides.total ?? 100
  const head: LedgerHead = {
    epoch: 1,
    state: 'live',
    total,
    available: total,
    purchaseLimit: 2,
    opensAtMs: Date.now() - hourMs,
    closesAtMs: Date.now() + hourMs,
    orderCount: 0,
    buyerCount: 0,
    ...overrides,
  }
  await asHolder(redis, itemId, async (owner) => {
    const rebuild = await beginRebuild(redis, itemId, owner)
    if (rebuild === 'LEASE_LOST') throw new Error('the fixture does not hold the lease')
    await loadChunk(redis, rebuild, emptyChunk)
    const committed = await commitRebuild(redis, rebuild, head)
    if (committed !== 'COMMITTED') throw new Error(`the fixture could not make a ledger: ${committed}`)
  })
  return head
}

/** Runs work while the item's lock holds an owner token, as a holder of the lease would have it. */
export async function asHolder<T>(redis: Redis, itemId: number, work: (owner: string) => Promise<T>): Promise<T> {
  const owner = `owner-${itemId}`
  const { lock } = ledgerKeys(itemId)
  await redis.set(lock, owner, 'PX', 10_000)
  try {
    return await work(owner)
  } finally {
    await redis.del(lock)
  }
}
