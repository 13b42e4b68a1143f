import { raiseEpoch, readItem, readRebuildFacts, type ItemRow, type RebuildFacts } from '@flash-sale/database/items'
import { announceLedger, isTakingOffersOnly, type OffersFirst } from '@flash-sale/stock/offers-first'
import { isOfAnother, readLedger } from '@flash-sale/stock/read-ledger'
import { commitRebuild, dropHashes, type LedgerRebuild, type SeenLedger } from '@flash-sale/stock/rebuild-ledger'
import { askAgain } from './ask-again.ts'
import { beginInOwnRedis, isForgotten, type Begun } from './begin-rebuild.ts'
import { holdItem, HoldLostError, type HeldItem } from './hold-item.ts'
import { loadRows, partSizeMax, type LoadedRows, type RowsToLoad } from './load-rows.ts'
import { postgresExchanged, rebuildRefused } from './rebuild-refused.ts'
import { endForgotten, saveOutbox, saveRemembered } from './save-orders.ts'
import type { Stores } from './stores.ts'
import { noneTurnedDown, type TurnedDown } from './turned-down.ts'

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
  /** The ledger as this process saw it last. */
  readonly seen?: SeenLedger | undefined
  /** How long it waits for them at most. Default: 2 s. */
  readonly offersWithinMs?: number
  /** Hears once of accepted orders that were turned down, also when the rebuild fails afterwards: the next one finds them as rows. */
  readonly onTurnedDown?: (turnedDown: TurnedDown) => void
  /** In place of 250,000: how many orders one statement reads. Smaller in tests. */
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
  const { waitMs, onlyIfUnsound, liveApis = [] } = options
  const before: Soundness = { isSound: false, facts: undefined }
  const isNeeded = async () => {
    if (onlyIfUnsound || liveApis.length > 0) Object.assign(before, await readSoundness(stores, itemId))
    return !(onlyIfUnsound && before.isSound)
  }
  const rebuild = async (held: HeldItem) => {
    const turnedDown = noneTurnedDown()
    try {
      return await rebuildHeld(stores, held, { ...options, turnedDown }, before)
    } finally {
      if (turnedDown.orderIds.length > 0) options.onTurnedDown?.(turnedDown)
    }
  }
  const rebuilt = await holdItem(stores, itemId, 'rebuild', waitMs, rebuild, isNeeded)
  if (rebuilt) return rebuilt
  return { kind: before.isSound ? 'SOUND_ALREADY' : 'ITEM_NOT_FOUND' }
}

async function rebuildHeld(
  stores: Stores,
  held: HeldItem,
  options: RebuildOptions & { readonly turnedDown: TurnedDown },
  before: Soundness,
): Promise<Rebuilt> {
  const { unitsDiffer = false, ordersPerPart = partSizeMax, turnedDown } = options
  const { itemId, fence, signal } = held
  const wasWhole = before.isSound && !(await isTakingOffersOnly(stores.redis, itemId))
  const started = await beginInOwnRedis(stores, held, before.facts, options.seen)
  if (typeof started === 'string') return { kind: started }
  const { rebuild, begun, fewOrders } = started
  const { birth } = rebuild
  const saving = { birth, turnedDown }
  const savedCount = await saveOutbox(stores, held, saving)
  const epoch = await askAgain(signal, () => raiseEpoch(stores.database, itemId, { fence, birth }, rebuild.foundEpoch))
  if (epoch === null) throw new HoldLostError(itemId)
  // Nothing can be missing of a ledger that never was, or that was whole.
  const mayLackWrites = epoch > 1 && (!wasWhole || unitsDiffer)
  const { offersWithinMs: withinMs = offersWithinMsDefault } = options
  const offersFirst = { withinMs, awaited: epoch > 1 ? awaitedOf(options, rebuild) : [], mayLackWrites }
  const fewRows = fewOrders === null ? undefined : fewOrders + savedCount
  const loaded = await loadAll(stores, held, rebuild, { fewRows, ordersPerPart })
  const opening = { rebuild, epoch, offersFirst }
  const reload = () => loadRows(stores, held, rebuild, { fewRows: undefined, ordersPerPart })
  const opened = await openLedger(stores, held, opening, loaded, reload)
  if (opened !== 'COUNTS_DIFFER') return { ...opened, ...begun }
  await saveRemembered(stores, held, saving)
  // A Postgres that was restored meanwhile has not what was saved a moment ago.
  requireOwnEpoch(await readItem(stores.database, itemId), rebuild, epoch)
  const dropped = await dropHashes(stores.redis, rebuild)
  if (dropped !== 'DROPPED') throw rebuildRefused(itemId, dropped)
  const openedAfresh = await openLedger(stores, held, opening, await reload(), reload)
  if (openedAfresh === 'COUNTS_DIFFER') throw new Error(`the hashes of item ${itemId} changed during its rebuild`)
  return { ...openedAfresh, ...begun }
}

/** Who may still offer orders. An item that was seen before it had a ledger, though it has one, is in a Postgres that came back older. */
function awaitedOf({ liveApis = [], seen }: RebuildOptions, { foundEpoch }: LedgerRebuild): OffersFirst['awaited'] {
  return seen?.epoch === 0 && foundEpoch > 0 ? 'UNKNOWN' : liveApis
}

/** Loads all rows, once more if orders of them had to be ended first. */
async function loadAll(stores: Stores, held: HeldItem, rebuild: LedgerRebuild, rows: RowsToLoad): Promise<LoadedRows> {
  const loaded = await loadRows(stores, held, rebuild, rows)
  if (loaded.forgottenEnds.length === 0) return loaded
  await endForgotten(stores, held, loaded.forgottenEnds)
  // An order that was paid since the restore holds its units again.
  return loadRows(stores, held, rebuild, { ...rows, overwrites: true })
}

interface Soundness {
  /** The ledger is loaded in this Redis, at the epoch that Postgres has. */
  readonly isSound: boolean
  /** What Postgres had then; undefined: not asked, or no such item. */
  readonly facts: RebuildFacts | undefined
}

async function readSoundness({ redis, database }: Stores, itemId: number): Promise<Soundness> {
  // In this order: what raises a version raises it in Postgres first.
  const ledger = await readLedger(redis, itemId)
  const facts = await readRebuildFacts(database, itemId)
  if (!facts) return { isSound: false, facts: undefined }
  if (ledger === 'NOT_LOADED' || isOfAnother(ledger, facts.birth)) return { isSound: false, facts }
  return { isSound: ledger.epoch === facts.epoch && !isForgotten(ledger, facts), facts }
}

/** Throws when Postgres does not know the epoch that this rebuild raised it to: it was restored since, or another holder is at work. */
function requireOwnEpoch(item: ItemRow | null, { itemId, birth }: LedgerRebuild, epoch: number): void {
  if (item && item.birth === birth && item.epoch > epoch) throw new HoldLostError(itemId)
  if (item?.birth !== birth || item.epoch !== epoch) throw postgresExchanged(itemId)
}

/**
 * Opens the ledger if its hashes hold exactly the rows that were loaded. 'COUNTS_DIFFER': they know more. The orders that Postgres
 * lacks are among that. `reload`: loads the rows once more before the item is called oversold. An order that ended while they were loaded
 * may have lowered the total by units that it holds in `loaded`.
 */
async function openLedger(
  stores: Stores,
  held: HeldItem,
  opening: Opening,
  loaded: LoadedRows,
  reload?: () => Promise<LoadedRows>,
): Promise<Rebuilt | 'COUNTS_DIFFER'> {
  const { redis, database } = stores
  const { itemId, signal } = held
  const { rebuild, epoch, offersFirst } = opening
  const { heldUnits, orderCount, endedCount, buyerCount } = loaded
  const item = await askAgain(signal, () => readItem(database, itemId))
  if (!item) return { kind: 'ITEM_NOT_FOUND' }
  requireOwnEpoch(item, rebuild, epoch)
  const { birth, saleId, total, totalVersion, purchaseLimit, opensAtMs, closesAtMs } = item
  const isOversold = heldUnits > total
  if (isOversold && reload) return openLedger(stores, held, opening, await reload())
  const available = isOversold ? 0 : total - heldUnits
  const state = isOversold ? 'closed' : item.state
  const facts = { birth, saleId, saleState: item.state, total, totalVersion, purchaseLimit, opensAtMs, closesAtMs }
  const head = { orderCount, endedCount, buyerCount, ...facts, epoch, state, available, offersFirst } as const
  const committed = await commitRebuild(redis, rebuild, head)
  if (committed === 'COUNTS_DIFFER') return committed
  if (committed !== 'COMMITTED') throw rebuildRefused(itemId, committed)
  // Untold, the processes find out a second later, and a ledger that waits for them does so for the whole time.
  await announceLedger(redis, { itemId, birth, epoch }).catch(() => undefined)
  return isOversold ? { kind: 'OVERSOLD', epoch, units: heldUnits - total } : { kind: 'REBUILT', epoch, available }
}
