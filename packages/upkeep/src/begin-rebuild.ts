import { readRebuildFacts, restoreFacts, type RebuildFacts } from '@flash-sale/database/items'
import { countAside, type AsideKeys } from '@flash-sale/stock/aside'
import { beginRebuild, type FoundLedger, type LedgerRebuild, type SeenLedger } from '@flash-sale/stock/rebuild-ledger'
import { askAgain } from './ask-again.ts'
import { HoldLostError, type HeldItem } from './hold-item.ts'
import type { Stores } from './stores.ts'
import { deploymentText, joinRedis } from './join-redis.ts'

/** What a rebuild came upon when it began, for a person to know. */
export interface Begun {
  /** Keys that another item left under this number. Nothing in them is offered or sold. */
  readonly movedAside?: AsideKeys
  /** Postgres was restored from before what this ledger knows, and has it back. */
  readonly broughtBack?: FoundLedger
}

export interface BegunRebuild {
  readonly rebuild: LedgerRebuild
  readonly begun: Begun
  /** How many orders the item had in Postgres, whatever came of them; null: many. */
  readonly fewOrders: number | null
}

/**
 * Begins a rebuild in the Redis that belongs to this database: moves aside what is another item's, and brings back into Postgres what only
 * the ledger knows. 'ANOTHER_REDIS' when the two do not belong together. `knownFacts`: as they were read under the lease.
 * `seen`: the ledger as this process saw it last.
 */
export async function beginInOwnRedis(
  stores: Stores,
  held: HeldItem,
  knownFacts?: RebuildFacts | null,
  seen?: SeenLedger,
): Promise<BegunRebuild | 'ITEM_NOT_FOUND' | 'ANOTHER_REDIS'> {
  const { redis, database } = stores
  const { itemId } = held
  for (let isJoined = false; ; isJoined = true) {
    const known = isJoined ? undefined : knownFacts
    const facts = known ?? (await askAgain(held.signal, () => readRebuildFacts(database, itemId)))
    if (!facts) return 'ITEM_NOT_FOUND'
    const rebuild = await beginRebuild(redis, itemId, { ...claimOf(held, facts), seen })
    if (rebuild === 'LEASE_LOST') throw new HoldLostError(itemId)
    if (rebuild !== 'ANOTHER_REDIS') {
      const begun = await comeUpon(stores, held, rebuild, facts)
      return { rebuild, begun, fewOrders: facts.fewOrders }
    }
    // It was emptied, restarted or promoted a moment ago, or it is the first; or it does not belong here.
    if (isJoined || (await joinRedis(stores)).kind !== 'JOINED') return rebuild
  }
}

function claimOf({ owner }: HeldItem, facts: RebuildFacts) {
  const { birth, epoch, deploymentId, redisId, redisRun } = facts
  const [runId = ''] = (redisRun ?? '').split('/')
  return { owner, birth, epoch, deployment: deploymentText(deploymentId, redisId), redisRun: runId }
}

async function comeUpon(
  { redis, database }: Stores,
  held: HeldItem,
  { movedTo, found }: LedgerRebuild,
  facts: RebuildFacts,
): Promise<Begun> {
  const { itemId, fence, signal } = held
  if (movedTo !== undefined) return { movedAside: await countAside(redis, movedTo) }
  if (!found || !isForgotten(found, facts)) return {}
  const { birth } = facts
  const restore = () => restoreFacts(database, itemId, { fence, birth }, found)
  if (!(await askAgain(signal, restore))) throw new HoldLostError(itemId)
  return { broughtBack: found }
}

/**
 * Whether Postgres was restored from before what a ledger of this item knows: epoch and versions only rise, and in Postgres first. So the
 * ledger has to be read before the item. The version before raised a total without its version; at a higher version in Postgres somebody
 * has lowered it.
 */
export function isForgotten(
  ledger: Pick<FoundLedger, 'epoch' | 'total' | 'totalVersion' | 'endedCount'>,
  item: Pick<RebuildFacts, 'epoch' | 'total' | 'totalVersion' | 'endedCount'>,
): boolean {
  if (ledger.epoch > item.epoch || ledger.totalVersion > item.totalVersion) return true
  if (ledger.endedCount > item.endedCount) return true
  return ledger.totalVersion === item.totalVersion && ledger.total > item.total
}
