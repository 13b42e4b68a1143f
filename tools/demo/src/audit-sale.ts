import type { ItemAudit } from '@flash-sale/contract/ops'
import type { Client as Postgres } from 'pg'
import { countOrders, type CountedOrders } from './count-orders.ts'
import type { StormTally } from './storm-tally.ts'

/** The result of a sale. Rows are counted by SQL, and the API's audit reads the ledger. */
export interface SaleAudit extends CountedOrders {
  readonly oversold: number
  readonly undersold: number
  /** Redis and Postgres agree: available + waiting + sold = total, and the counters agree with the rows. */
  readonly isBalanced: boolean
  /** Accepted units that had not reached Postgres when the demo stopped waiting. */
  readonly waitingUnits: number
  /** Orders that got a 202. */
  readonly acceptedOrders: number
  /** Times that the buyers measured, in ms. Only these numbers do not come from the stores. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Compares the buyers' answers with the data in the stores. */
export async function auditSale(postgres: Postgres, ledger: ItemAudit, tally: StormTally): Promise<SaleAudit> {
  const counted = await countOrders(postgres, ledger.itemId, [...tally.accepted.values()], tally.attempts)
  const { total, sold } = counted
  return {
    ...counted,
    // Two sources count each of these numbers. The worse number is reported.
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

/** Whether everything was sold and nothing is wrong. */
export function auditHolds(audit: SaleAudit): boolean {
  const faults = [audit.oversold, audit.undersold, audit.lost, audit.duplicates, audit.limitBreaches]
  return audit.sold === audit.total && faults.every((fault) => fault === 0) && audit.isBalanced
}
