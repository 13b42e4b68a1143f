import type { ItemAudit } from '@flash-sale/contract/ops'
import type { Client as Postgres } from 'pg'
import { countOrders, type CountedOrders } from './count-orders.ts'
import type { StormTally } from './storm-tally.ts'

/** What came of a sale, each number from the store that holds it: rows counted by SQL, the ledger read by the API's audit. */
export interface SaleAudit extends CountedOrders {
  readonly oversold: number
  readonly undersold: number
  /** Redis and Postgres tell the same: available + waiting + sold = total, and so do the counters beside the rows. */
  readonly isBalanced: boolean
  /** Units accepted that had not reached Postgres when the waiting ended. */
  readonly waitingUnits: number
  /** Orders that a 202 named. */
  readonly acceptedOrders: number
  /** As the buyers saw it, in ms: the only numbers that are not in the stores. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Compares what buyers were told with what the stores hold. */
export async function auditSale(postgres: Postgres, ledger: ItemAudit, tally: StormTally): Promise<SaleAudit> {
  const counted = await countOrders(postgres, ledger.itemId, [...tally.accepted.values()], tally.attempts)
  const { total, sold } = counted
  return {
    ...counted,
    // Two witnesses each; the worse one counts.
    oversold: Math.max(ledger.oversold, sold - total, 0),
    undersold: Math.max(ledger.undersold, total - sold - ledger.available - ledger.outboxUnits, 0),
    duplicates: Math.max(ledger.duplicates, counted.duplicates),
    limitBreaches: Math.max(ledger.limitBreaches, counted.limitBreaches),
    isBalanced: ledger.balanced,
    waitingUnits: ledger.outboxUnits,
    acceptedOrders: tally.accepted.size,
    p50Ms: tally.latency(50),
    p99Ms: tally.latency(99),
  }
}

/** Whether the sale went as it must: everything sold, and nothing wrong. */
export function auditHolds(audit: SaleAudit): boolean {
  const faults = [audit.oversold, audit.undersold, audit.lost, audit.duplicates, audit.limitBreaches]
  return audit.sold === audit.total && faults.every((fault) => fault === 0) && audit.isBalanced
}
