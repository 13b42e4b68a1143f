import type { Redis } from 'ioredis'
import { deploymentKey, ledgerKeys } from './ledger-keys.ts'
import {
  beginRebuild,
  commitRebuild,
  emptyChunk,
  loadChunk,
  type LedgerHead,
  type RebuildClaim,
} from './rebuild-ledger.ts'

const hourMs = 3_600_000

/** Makes an empty ledger, open now, the way a rebuild does; returns its head. */
export async function makeLedger(
  redis: Redis,
  itemId: number,
  overrides: Partial<LedgerHead> = {},
): Promise<LedgerHead> {
  const total = overrides.total ?? 100
  const head: LedgerHead = {
    birth: '1',
    epoch: 1,
    saleId: 1,
    state: 'live',
    saleState: overrides.state ?? 'live',
    total,
    totalVersion: 0,
    available: total,
    purchaseLimit: 2,
    opensAtMs: Date.now() - hourMs,
    closesAtMs: Date.now() + hourMs,
    orderCount: 0,
    endedCount: 0,
    buyerCount: 0,
    ...overrides,
  }
  await asHolder(redis, itemId, async (owner) => {
    const rebuild = await beginRebuild(redis, itemId, await rebuildClaim(redis, owner, { ...head, epoch: 0 }))
    if (typeof rebuild === 'string') throw new Error(`the fixture could not begin a rebuild: ${rebuild}`)
    await loadChunk(redis, rebuild, emptyChunk)
    const committed = await commitRebuild(redis, rebuild, head)
    if (committed !== 'COMMITTED') throw new Error(`the fixture could not make a ledger: ${committed}`)
  })
  return head
}

/** The claim of a holder who knows this Redis, which is joined to a deployment here if it is not yet. */
export async function rebuildClaim(
  redis: Redis,
  owner: string,
  { birth, epoch }: Pick<LedgerHead, 'birth' | 'epoch'>,
): Promise<RebuildClaim> {
  await redis.set(deploymentKey, 'a-deployment its-redis')
  const redisRun = /^run_id:(\w+)/m.exec(await redis.info('server'))![1]!
  return { owner, birth, epoch, deployment: 'a-deployment its-redis', redisRun }
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
