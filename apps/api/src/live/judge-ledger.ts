import type { Invariant, LedgerFaults } from '@flash-sale/contract/live'
import type { LiveItemRow } from '@flash-sale/database/live-items'
import type { LedgerView } from '@flash-sale/stock/read-ledger'

export interface Judgement {
  readonly invariant: Invariant
  readonly faults?: LedgerFaults
  /** With it the next reading tells whether a difference was one of instants or is one of units. */
  readonly suspicion?: string
}

/**
 * Judges an item by its row and its ledger, the row read before the ledger. They are of different instants, so a difference is
 * first only a suspicion. It is proven when the next reading has the same ledger sequence: then nothing was sold in between, and with
 * the outbox empty at the first of the two, the second row counts everything that was ever sold.
 */
export function judgeLedger(
  row: Pick<LiveItemRow, 'total' | 'persisted' | 'epoch'>,
  ledger: LedgerView | 'NOT_LOADED',
  suspicionBefore: string | undefined,
): Judgement {
  if (ledger === 'NOT_LOADED' || ledger.epoch !== row.epoch) return { invariant: 'unavailable' }
  const { total, available, sequence, epoch } = ledger
  if (available < 0 || row.persisted > total) {
    return { invariant: 'broken', faults: { oversold: Math.max(-available, row.persisted - total), undersold: 0 } }
  }
  const difference = available + row.persisted - total
  if (ledger.outboxLength > 0) return { invariant: 'settling' }
  if (difference === 0 && total === row.total) return { invariant: 'balanced' }
  // Whoever holds the item is changing both stores, one after the other; so is a restock that was cut in two.
  if (ledger.lockedForMs !== undefined || total !== row.total) return { invariant: 'settling' }
  const faults = { oversold: Math.max(0, difference), undersold: Math.max(0, -difference) }
  const suspicion = `${epoch}:${sequence}:${row.persisted}:${available}`
  return suspicion === suspicionBefore
    ? { invariant: 'broken', faults, suspicion }
    : { invariant: 'settling', suspicion }
}
