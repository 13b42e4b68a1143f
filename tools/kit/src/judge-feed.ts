import type { OrderEvent } from '@flash-sale/contract/order-events'
import { Client } from 'pg'
import type { PaidOrder } from './judge-payments.ts'

/** A change of an order, as a reader of the feed was told it. */
export type ToldChange = Pick<OrderEvent, 'orderId' | 'status' | 'detail'>

/** An order, and the statuses that it has had, the first one first. */
export interface OrderLife {
  readonly orderId: string
  readonly statuses: readonly string[]
}

/** A breach of I13 (docs/invariants.md), in words. */
export interface FeedViolation {
  readonly invariant: 'I13'
  readonly fault: 'NOT_TOLD' | 'TOLD_TWICE' | 'TOLD_TOO_EARLY' | 'TOLD_WRONGLY'
  readonly detail: string
}

/**
 * The breaches of I13: a reader was told each change of each order exactly once, and no change before an earlier change of the same order.
 * `told` is in the order in which the reader was told it; `lives` are the orders at rest, each once.
 */
export function findFeedViolations(told: readonly ToldChange[], lives: readonly OrderLife[]): FeedViolation[] {
  const found: FeedViolation[] = []
  const add = (fault: FeedViolation['fault'], detail: string) => void found.push({ invariant: 'I13', fault, detail })
  const toldOf = new Map<string, string[]>()
  for (const { orderId, status } of told) {
    const before = toldOf.get(orderId)
    if (before) before.push(status)
    else toldOf.set(orderId, [status])
  }
  for (const { orderId, statuses } of lives) {
    const heard = toldOf.get(orderId) ?? []
    const says = `order ${orderId}: it was ${statuses.join(', ')}; told was ${heard.join(', ') || 'nothing'}`
    toldOf.delete(orderId)
    const once = [...new Set(heard)]
    if (once.length < heard.length) add('TOLD_TWICE', says)
    if (once.some((status) => !statuses.includes(status))) add('TOLD_WRONGLY', says)
    if (statuses.some((status) => !once.includes(status))) add('NOT_TOLD', says)
    const inOrder = statuses.filter((status) => once.includes(status))
    const heardInOrder = once.filter((status) => statuses.includes(status))
    if (inOrder.join() !== heardInOrder.join()) add('TOLD_TOO_EARLY', says)
  }
  for (const [orderId, heard] of toldOf) add('TOLD_WRONGLY', `no order ${orderId}: told was ${heard.join(', ')}`)
  return found
}

/** The orders that a reader of the feed takes for paid, and the payments that it was told of. */
export function paidOrdersTold(told: readonly ToldChange[]): PaidOrder[] {
  const last = new Map(told.map(({ orderId, status }) => [orderId, status]))
  const paymentsOf = new Map<string, string[]>()
  for (const { orderId, status, detail } of told) {
    if (status !== 'paid') continue
    paymentsOf.set(orderId, [...(paymentsOf.get(orderId) ?? []), String(detail?.['paymentId'])])
  }
  return [...last]
    .filter(([, status]) => status === 'paid')
    .map(([orderId]) => ({ orderId, paymentIds: paymentsOf.get(orderId) ?? [] }))
}

/** Reads from the rows of an item's orders what each has been. The table of events, which the feed reads, is not believed. */
export async function readOrderLives(databaseUrl: string, itemId: number): Promise<OrderLife[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<OrderLife>(
      `SELECT id::text AS "orderId", CASE WHEN status = 'rejected' THEN ARRAY['rejected'] ELSE
         ARRAY['confirmed'] || CASE WHEN paid_at IS NOT NULL THEN ARRAY['paid'] ELSE '{}' END
           || CASE WHEN ended_at IS NOT NULL THEN ARRAY[status::text] ELSE '{}' END END AS statuses
       FROM orders WHERE item_id = $1 ORDER BY number`,
      [itemId],
    )
    return rows
  } finally {
    await client.end()
  }
}
