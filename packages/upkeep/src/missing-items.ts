import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { restoreItem, type RestoredItem } from '@flash-sale/database/restore-item'
import { setAside, type AsideKeys } from '@flash-sale/stock/aside'
import { readLeftLedger, removeMissingItem, scanLedgers, type LeftLedger } from '@flash-sale/stock/missing-items'
import { countRememberedOrders } from '@flash-sale/stock/read-ledger'
import { readEpochs } from '@flash-sale/database/items'
import { itemLockName, ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { Stores } from './stores.ts'

/** What Redis holds of an item that Postgres does not know. */
export type MissingItem = LeftLedger & { readonly orderCount: number; readonly entryCount: number }

/** All items that have a ledger in this Redis and no row in Postgres, by their numbers. */
export async function findMissingItems({
  redis,
  database,
}: Pick<Stores, 'redis' | 'database'>): Promise<MissingItem[]> {
  const itemIds = new Set<number>()
  let cursor = '0'
  do {
    const step = await scanLedgers(redis, cursor)
    const inPostgres = await readEpochs(database, step.itemIds)
    for (const itemId of step.itemIds) if (!inPostgres.has(itemId)) itemIds.add(itemId)
    cursor = step.cursor
  } while (cursor !== '0')
  const found = await Promise.all(
    [...itemIds].toSorted((a, b) => a - b).map((itemId) => readMissingItem(redis, itemId)),
  )
  return found.flatMap((item) => item ?? [])
}

async function readMissingItem(redis: Stores['redis'], itemId: number): Promise<MissingItem | undefined> {
  const ledger = await readLeftLedger(redis, itemId)
  if (!ledger) return undefined
  const [orderCount, entryCount] = await Promise.all([
    countRememberedOrders(redis, itemId),
    redis.xlen(ledgerKeys(itemId).outbox),
  ])
  return { ...ledger, orderCount, entryCount }
}

export type Restored = RestoredItem | { readonly kind: 'NOT_MISSING' | 'NOT_WHOLE' }

/**
 * Makes the row of a missing item anew from what its ledger says, and its sale if that is missing too; the sweep then rebuilds the ledger,
 * by which its orders become rows. 'NOT_WHOLE': the ledger does not say enough; restore the item in Postgres by hand, or discard it.
 */
export async function restoreMissingItem({ redis, database, locks }: Stores, itemId: number): Promise<Restored> {
  return locks.using(itemLockName(itemId), { leaseMs, waitMs }, async () => {
    const ledger = await readLeftLedger(redis, itemId)
    if (!ledger || (await readEpochs(database, [itemId])).has(itemId)) return { kind: 'NOT_MISSING' }
    const { total, purchaseLimit, opensAtMs, closesAtMs } = ledger
    if (![total, purchaseLimit, opensAtMs, closesAtMs].every(Number.isFinite)) return { kind: 'NOT_WHOLE' }
    return restoreItem(database, ledger)
  })
}

const leaseMs = 5_000
const waitMs = 5_000

/** Moves what Redis holds of a missing item aside; nothing of it is deleted. */
export async function discardMissingItem(
  { redis, database, locks }: Stores,
  itemId: number,
): Promise<AsideKeys | 'NOT_MISSING'> {
  return locks.using(itemLockName(itemId), { leaseMs, waitMs }, async ({ owner }) => {
    if (!(await readLeftLedger(redis, itemId)) || (await readEpochs(database, [itemId])).has(itemId))
      return 'NOT_MISSING'
    const aside = await setAside(redis, itemId, owner)
    if (aside === 'LEASE_LOST') throw new Error(`another process has taken over item ${itemId}; try again`)
    await removeMissingItem(redis, itemId)
    const { prefix, orderCount, entryCount } = aside
    const detail = { movedAside: prefix, ordersAside: orderCount, entriesAside: entryCount }
    await recordAuditEvent(database, { actor: 'ops', action: 'discard', itemId, detail })
    return aside
  })
}
