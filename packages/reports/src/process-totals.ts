import type { ProcessKind } from '@flash-sale/contract/live'
import { outcomeNames, totalOf, type OrderTotal } from '@flash-sale/contract/order-outcomes'

/** What an API process counts: orders by outcome, the time that they took, and batches of orders. Times are in ms. */
type ApiTotal = OrderTotal | 'orderMs' | 'batches' | 'batchOrders' | 'batchMs'

/** What a worker counts: orders that Postgres took, and the time that it took. */
type WorkerTotal = 'persisted' | 'persistMs'

interface TotalNames {
  readonly api: ApiTotal
  readonly worker: WorkerTotal
}

/** The name of something that a process of this kind counts; of any kind by default. */
export type TotalName<Kind extends ProcessKind = ProcessKind> = TotalNames[Kind]

/** What a process of this kind has counted since it started. */
export type Totals<Kind extends ProcessKind> = Record<TotalName<Kind>, number>

const noOrders = Object.fromEntries(outcomeNames.map((outcome) => [totalOf(outcome), 0])) as Record<OrderTotal, number>

const zeros: { readonly [Kind in ProcessKind]: Readonly<Totals<Kind>> } = {
  api: { ...noOrders, orderMs: 0, batches: 0, batchOrders: 0, batchMs: 0 },
  worker: { persisted: 0, persistMs: 0 },
}

/** Everything that a process of this kind counts, from 0. */
export function createTotals<Kind extends ProcessKind>(kind: Kind): Totals<Kind> {
  return { ...zeros[kind] }
}
