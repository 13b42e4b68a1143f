import type { Invariant, LedgerFaults } from '@flash-sale/contract/live'
import type { LiveItemRow } from '@flash-sale/database/live-items'
import type { LedgerView } from '@flash-sale/stock/read-ledger'

export interface Judgement {
  readonly invariant: Invariant
  readonly faults?: LedgerFaults
  /** The next reading compares itself with this, and tells whether units differ or only the instants of the readings did. */
  readonly suspicion?: string
}

/**
 * Judges an item by its row and its ledger. The row is read first, so the two are of different instants, and a difference is first only a
 * suspicion. The suspicion is proven if the next reading has the same ledger sequence: nothing was sold in between, and since the outbox
 * was empty at the first reading, the second row counts every unit that was ever sold.
 */
export function judgeLedger(
  row: Pick<LiveItemRow, 'total' | 'persisted' | 'returningUnits' | 'epoch'>,
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
  const { returningUnits } = row
  if (difference === 0 && returningUnits === 0 && total === row.total) return { invariant: 'balanced' }
  // The ledger has given back all, some or none of the returning units.
  if (difference <= 0 && difference >= -returningUnits) return { invariant: 'settling' }
  // The holder of the item changes both stores one after the other. A restock that was interrupted did so too.
  if (ledger.lockedForMs !== undefined || total !== row.total) return { invariant: 'settling' }
  const faults = { oversold: Math.max(0, difference), undersold: Math.max(0, -difference - returningUnits) }
  const suspicion = `${epoch}:${sequence}:${row.persisted}:${returningUnits}:${available}`
  return suspicion === suspicionBefore
    ? { invariant: 'broken', faults, suspicion }
    : { invariant: 'settling', suspicion }
}
