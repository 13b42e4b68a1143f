import type { ItemRow } from '@flash-sale/database/items'
import { isOfAnother, type LedgerView } from '@flash-sale/stock/read-ledger'
import { isForgotten } from '@flash-sale/upkeep/begin-rebuild'

/** What a sweep found amiss with an item, in the order in which it is mended; null when nothing is. */
export type Amiss =
  | 'UNSOUND'
  | 'FORGOTTEN'
  | 'OFFERS_MISSED'
  | 'TOTAL_BEHIND'
  | 'STATE_BEHIND'
  | 'OUTBOX_OLD'
  | 'UNITS_DIFFER'
  | 'UNSETTLED'
  | null

/** Judges one item by what both stores say. Readings of different instants: a difference of units is only a suspicion. */
export function findAmiss(item: ItemRow, ledger: LedgerView | 'NOT_LOADED', outboxAgeMaxMs: number): Amiss {
  if (ledger === 'NOT_LOADED' || isOfAnother(ledger, item.birth)) return 'UNSOUND'
  if (isForgotten(ledger, item)) return 'FORGOTTEN'
  if (ledger.epoch !== item.epoch) return 'UNSOUND'
  if (ledger.unitsLackingMax !== undefined) return 'OFFERS_MISSED'
  if (ledger.total !== item.total || ledger.totalVersion !== item.totalVersion) return 'TOTAL_BEHIND'
  const isOver = item.state === 'closed' || ledger.nowMs >= item.closesAtMs
  // Closed comes to Postgres first, and is final there: so it was a rebuild that closed this ledger, for more is sold than there
  // is. Neither opening it nor making it anew would help; an operator rebuilds it after looking at the rows.
  const isOversold = ledger.state === 'closed' && item.state !== 'closed'
  // A ledger that was settled by a clock that went wrong is opened again.
  const isStateRight = ledger.state === 'settled' ? isOver : ledger.state === item.state || isOversold
  if (!isStateRight) return 'STATE_BEHIND'
  if (ledger.oldestEntryId) {
    const ageMs = ledger.nowMs - Number(ledger.oldestEntryId.split('-')[0])
    // Stream ids never go back, so after a clock step an entry may seem to come from the future.
    return ageMs < 0 || ageMs > outboxAgeMaxMs ? 'OUTBOX_OLD' : null
  }
  if (isOversold) return null
  // The ledger has given back all, some or none of the returning units.
  const givenBackUnits = ledger.available - (item.total - item.persisted - item.returningUnits)
  if (givenBackUnits < 0 || givenBackUnits > item.returningUnits) return 'UNITS_DIFFER'
  return isOver && !item.isSettled && item.returningUnits === 0 && !ledger.takesOffersOnly ? 'UNSETTLED' : null
}
