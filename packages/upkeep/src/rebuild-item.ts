import { raiseEpoch, readItem } from '@flash-sale/database/items'
import { announceOffersFirst, isTakingOffersOnly, type OffersFirst } from '@flash-sale/stock/offers-first'
import { isOfAnother, readLedger } from '@flash-sale/stock/read-ledger'
import { commitRebuild, dropHashes, type LedgerRebuild } from '@flash-sale/stock/rebuild-ledger'
import { askAgain } from './ask-again.ts'
import { beginInOwnRedis, isForgotten, type Begun } from './begin-rebuild.ts'
import { holdItem, HoldLostError, type HeldItem } from './hold-item.ts'
import { loadRows, partSizeMax, type LoadedRows } from './load-rows.ts'
import { postgresExchanged, rebuildRefused } from './rebuild-refused.ts'
import { endForgotten, saveOutbox, saveRemembered } from './save-orders.ts'
import type { Stores } from './stores.ts'

export type Rebuilt = Begun & Outcome

type Outcome =
  | { readonly kind: 'REBUILT'; readonly epoch: number; readonly available: number }
  /** Another holder had made it good before it was our turn. */
  | { readonly kind: 'SOUND_ALREADY' }
  /** More units are active in Postgres than there are in total: the ledger was made, closed, for a person to look at. */
  | { readonly kind: 'OVERSOLD'; readonly epoch: number; readonly units: number }
  | { readonly kind: 'ITEM_NOT_FOUND' }
  /** This Redis does not belong to this database. Nothing was changed in either. */
  | { readonly kind: 'ANOTHER_REDIS' }

export interface RebuildOptions {
  /** How long to wait for the item's lease. */
  readonly waitMs: number
  /** Leave a ledger alone that is loaded at the current epoch: what a sweep wants, and an operator does not. */
  readonly onlyIfUnsound: boolean
  /** The ledger looks sound, but its units are not those of Postgres: writes may be missing in it. */
  readonly unitsDiffer?: boolean
  /**
   * The API processes that are alive, which may remember orders that this Redis has lost: the ledger waits for their offers before it
   * sells. Default: none.
   */
  readonly liveApis?: OffersFirst['awaited']
  /** How long it waits for them at most. Default: 2 s. */
  readonly offersWithinMs?: number
  /** In place of 125,000: how many orders one statement reads. Smaller in tests. */
  readonly ordersPerPart?: number
}

/** How long a ledger waits for orders that only API processes remember, before their units are sold to others. */
const offersWithinMsDefault = 2_000

/** What a rebuild under way opens the ledger with. */
interface Opening {
  readonly rebuild: LedgerRebuild
  readonly epoch: number
  readonly offersFirst: OffersFirst
}

/**
 * Makes an item's ledger anew from Postgres (docs/rebuild.md), after offering Postgres all that this Redis still knows and Postgres
 * lacks, so that an accepted order which survived anywhere survives. A crash at any step leaves the item `rebuilding`, refusing with
 * 503, and anyone starts again. Rejects with HoldLostError or LockTimeoutError, and on any store that fails: try again.
 */
export async function rebuildItem(stores: Stores, itemId: number, options: RebuildOptions): Promise<Rebuilt> {
  const { waitMs, onlyIfUnsound, unitsDiffer = false, liveApis = [], ordersPerPart = partSizeMax } = options
  const rebuilt = await holdItem(stores, itemId, 'rebuild', waitMs, async (held): Promise<Rebuilt> => {
    const isSoundnessAsked = onlyIfUnsound || liveApis.length > 0
    const wasSound = isSoundnessAsked && (await isSound(stores, itemId))
    if (onlyIfUnsound && wasSound) return { kind: 'SOUND_ALREADY' }
    const wasWhole = wasSound && !(await isTakingOffersOnly(stores.redis, itemId))
    const begun = await beginInOwnRedis(stores, held)
    if (typeof begun === 'string') return { kind: begun }
    const { rebuild, ...found } = begun
    const { birth } = rebuild
    await saveOutbox(stores, held, birth)
    const { fence, signal } = held
    const epoch = await askAgain(signal, () =>
      raiseEpoch(stores.database, itemId, { fence, birth }, rebuild.foundEpoch),
    )
    if (epoch === null) throw new HoldLostError(itemId)
    // Nothing can be missing of a ledger that never was, or that was whole.
    const mayLackWrites = epoch > 1 && (!wasWhole || unitsDiffer)
    const { offersWithinMs: withinMs = offersWithinMsDefault } = options
    const opening = { rebuild, epoch, offersFirst: { withinMs, awaited: mayLackWrites ? liveApis : [] } }
    const load = () => loadAll(stores, held, rebuild, ordersPerPart)
    const opened = await openLedger(stores, held, opening, await load())
    if (opened !== 'COUNTS_DIFFER') return { ...opened, ...found }
    await saveRemembered(stores, held, birth)
    const dropped = await dropHashes(stores.redis, rebuild)
    if (dropped !== 'DROPPED') throw rebuildRefused(itemId, dropped)
    const openedAfresh = await openLedger(stores, held, opening, await load())
    if (openedAfresh === 'COUNTS_DIFFER') throw new Error(`the hashes of item ${itemId} changed during its rebuild`)
    return { ...openedAfresh, ...found }
  })
  return rebuilt ?? { kind: 'ITEM_NOT_FOUND' }
}

/** Loads all rows, once more if orders of them had to be ended first. */
async function loadAll(
  stores: Stores,
  held: HeldItem,
  rebuild: LedgerRebuild,
  ordersPerPart: number,
): Promise<LoadedRows> {
  const loaded = await loadRows(stores, held, rebuild, { ordersPerPart, overwrites: false })
  if (loaded.forgottenEnds.length === 0) return loaded
  await endForgotten(stores, held, loaded.forgottenEnds)
  // An order that was paid since the restore holds its units again.
  return loadRows(stores, held, rebuild, { ordersPerPart, overwrites: true })
}

/** A ledger is sound when it is loaded in this Redis, at the epoch that Postgres has. */
async function isSound({ redis, database }: Stores, itemId: number): Promise<boolean> {
  const [ledger, item] = await Promise.all([readLedger(redis, itemId), readItem(database, itemId)])
  if (ledger === 'NOT_LOADED' || !item || isOfAnother(ledger, item.birth)) return false
  return ledger.epoch === item.epoch && !isForgotten(ledger, item)
}

/**
 * Opens the ledger if its hashes hold exactly the rows that were loaded. 'COUNTS_DIFFER': they know more. The orders that Postgres
 * lacks are among that.
 */
async function openLedger(
  { redis, database }: Stores,
  { itemId, signal }: HeldItem,
  { rebuild, epoch, offersFirst }: Opening,
  { heldUnits, ...counts }: LoadedRows,
): Promise<Rebuilt | 'COUNTS_DIFFER'> {
  const item = await askAgain(signal, () => readItem(database, itemId))
  if (!item) return { kind: 'ITEM_NOT_FOUND' }
  if (item.birth !== rebuild.birth) throw postgresExchanged(itemId)
  const { birth, saleId, total, totalVersion, purchaseLimit, opensAtMs, closesAtMs } = item
  const isOversold = heldUnits > total
  const available = isOversold ? 0 : total - heldUnits
  const state = isOversold ? 'closed' : item.state
  const facts = { birth, saleId, saleState: item.state, total, totalVersion, purchaseLimit, opensAtMs, closesAtMs }
  const head = { ...counts, ...facts, epoch, state, available, offersFirst } as const
  const committed = await commitRebuild(redis, rebuild, head)
  if (committed === 'COUNTS_DIFFER') return committed
  if (committed !== 'COMMITTED') throw rebuildRefused(itemId, committed)
  // Untold, the processes find out by themselves, and the ledger waits for the whole time.
  if (offersFirst.awaited.length > 0) await announceOffersFirst(redis, { itemId, birth, epoch }).catch(() => undefined)
  return isOversold ? { kind: 'OVERSOLD', epoch, units: heldUnits - total } : { kind: 'REBUILT', epoch, available }
}
