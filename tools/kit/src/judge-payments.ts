import { Client } from 'pg'

/** What a payment provider says of the money: the payments that succeeded, and what it gave back of them. */
export interface ProviderBooks {
  readonly payments: readonly { readonly paymentId: string; readonly state: string; readonly amount: number }[]
  readonly refunds: readonly { readonly paymentId: string; readonly amount: number }[]
}

/** A breach of I12 (docs/invariants.md), in words. */
export interface PaymentViolation {
  readonly invariant: 'I12'
  readonly fault: 'MONEY_WITHOUT_GOODS' | 'GOODS_WITHOUT_MONEY' | 'MONEY_COUNTED_TWICE'
  readonly detail: string
}

/** An order that is paid, and the payments that its events name. */
export interface PaidOrder {
  readonly orderId: string
  readonly paymentIds: readonly string[]
}

/**
 * The breaches of I12: for every payment that succeeded there is exactly one paid order or exactly one refund. The proof is in the books of
 * the provider and in the orders with their events, at rest. What the service itself writes of payments is not believed.
 */
export function findPaymentViolations(
  { payments, refunds }: ProviderBooks,
  paidOrders: readonly PaidOrder[],
): PaymentViolation[] {
  const found: PaymentViolation[] = []
  const add = (fault: PaymentViolation['fault'], detail: string) => void found.push({ invariant: 'I12', fault, detail })
  const succeeded = payments.filter(({ state }) => state === 'succeeded')
  for (const { paymentId, amount } of succeeded) {
    const orders = paidOrders.filter(({ paymentIds }) => paymentIds.includes(paymentId)).map(({ orderId }) => orderId)
    const givenBack = refunds.filter((refund) => refund.paymentId === paymentId)
    const says = `payment ${paymentId}: ${orders.length} paid orders, ${givenBack.length} refunds`
    if (orders.length + givenBack.length === 0) add('MONEY_WITHOUT_GOODS', says)
    if (orders.length + givenBack.length > 1) add('MONEY_COUNTED_TWICE', says)
    const wrong = givenBack.find((refund) => refund.amount !== amount)
    if (wrong) add('MONEY_WITHOUT_GOODS', `payment ${paymentId}: ${amount} came, and ${wrong.amount} went back`)
  }
  const taken = new Set(succeeded.map(({ paymentId }) => paymentId))
  for (const { orderId, paymentIds } of paidOrders) {
    if (paymentIds.length !== 1 || !taken.has(paymentIds[0]!)) {
      add('GOODS_WITHOUT_MONEY', `order ${orderId} is paid by ${paymentIds.join(' and ') || 'nothing'}`)
    }
  }
  return found
}

/** Reads the paid orders, of one item or of all, by plain SQL, without the code under test. */
async function readPaidOrders(databaseUrl: string, itemId?: number): Promise<PaidOrder[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<PaidOrder>(
      `SELECT o.id::text AS "orderId",
         coalesce(array_agg(e.detail ->> 'paymentId') FILTER (WHERE e.id IS NOT NULL), '{}') AS "paymentIds"
       FROM orders o LEFT JOIN order_events e ON e.order_id = o.id AND e.status = 'paid'
       WHERE o.status = 'paid' AND o.item_id = coalesce($1, o.item_id) GROUP BY o.id`,
      [itemId],
    )
    return rows
  } finally {
    await client.end()
  }
}

/** Compares the provider's books with the orders as they are now. With an item: the books hold its payments and no others. */
export async function judgePayments(
  books: ProviderBooks,
  databaseUrl: string,
  itemId?: number,
): Promise<PaymentViolation[]> {
  return findPaymentViolations(books, await readPaidOrders(databaseUrl, itemId))
}
