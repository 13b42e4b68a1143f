import type { ItemAudit } from '@flash-sale/contract/ops'
import type { Client as Postgres } from 'pg'
import { countOrders, type CountedOrders } from './count-orders.ts'
import type { SaleMoney } from './demo-money.ts'
import type { StormTally } from './storm-tally.ts'

/** The result of a sale. Rows are counted by SQL, and the API's audit reads the ledger. */
export interface SaleAudit extends CountedOrders {
  readonly oversold: number
  readonly undersold: number
  /** Redis and Postgres agree: available + waiting + active + returning = total, and the counters agree with the rows. */
  readonly isBalanced: boolean
  /** Where each unit is, as the service's own audit counts: together they are the total. */
  readonly places: Pick<ItemAudit, 'available' | 'outboxUnits' | 'activeUnits' | 'returningUnits'>
  readonly money: Omit<SaleMoney, 'astray'> & { readonly astrayCount: number }
  /** Accepted units that had not reached Postgres when the demo stopped waiting. */
  readonly waitingUnits: number
  /** Orders that got a 202. */
  readonly acceptedOrders: number
  /** Times that the buyers measured, in ms. Only these numbers do not come from the stores. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Compares the buyers' answers with the data in the stores. */
export async function auditSale(
  postgres: Postgres,
  ledger: ItemAudit,
  { astray, ...money }: SaleMoney,
  tally: StormTally,
): Promise<SaleAudit> {
  const counted = await countOrders(postgres, ledger.itemId, [...tally.accepted.values()], tally.attempts)
  const { total, sold } = counted
  return {
    ...counted,
    // Two sources count each of these numbers. The worse number is reported.
    oversold: Math.max(ledger.oversold, sold - total, 0),
    undersold: Math.max(ledger.undersold, total - unitsIn(ledger), 0),
    duplicates: Math.max(ledger.duplicates, counted.duplicates),
    limitBreaches: Math.max(ledger.limitBreaches, counted.limitBreaches),
    isBalanced: ledger.balanced && unitsIn(ledger) === total,
    places: ledger,
    money: { ...money, astrayCount: astray.length },
    waitingUnits: ledger.outboxUnits,
    acceptedOrders: tally.accepted.size,
    p50Ms: tally.latency(50),
    p99Ms: tally.latency(99),
  }
}

/** Units that are somewhere. */
export function unitsIn({ available, outboxUnits, activeUnits, returningUnits }: SaleAudit['places']): number {
  return available + outboxUnits + activeUnits + returningUnits
}

/** Whether every sold unit is paid, or its payment has begun: somebody may be trying the shop. */
export function isPaid({ sold, paid, paying }: Pick<SaleAudit, 'sold' | 'paid' | 'paying'>): boolean {
  return paid.units + paying.units === sold
}

/** Whether everything was sold and paid, and nothing is wrong. */
export function auditHolds(audit: SaleAudit): boolean {
  const { oversold, undersold, lost, duplicates, limitBreaches, money } = audit
  const faults = [oversold, undersold, lost, duplicates, limitBreaches, money.astrayCount]
  return isPaid(audit) && audit.sold === audit.total && faults.every((fault) => fault === 0) && audit.isBalanced
}
