import { randomUUID } from 'node:crypto'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import type { Database } from './connect.ts'

/** Stores an open sale that asks for payment, of one item at 100 cents. Its ledger is missing. Returns the item's id. */
export async function createPayingItem(databaseUrl: string, database: Database): Promise<number> {
  const itemId = await createTestItem(databaseUrl, { total: 100, purchaseLimit: 100 })
  await database.$executeRaw`UPDATE sale_items SET pay_within_seconds = 600 WHERE id = ${itemId}`
  await database.$executeRaw`
    UPDATE sales SET pay_within_seconds = 600, currency = 'EUR' FROM sale_items i WHERE i.sale_id = sales.id AND i.id = ${itemId}`
  return itemId
}

export interface OrderToPay {
  readonly buyer?: string
  readonly quantity?: number
  readonly status?: 'confirmed' | 'paid' | 'cancelled' | 'expired' | 'rejected'
  /** When it is due from now on; null: it asks for no payment. */
  readonly dueInSeconds?: number | null
  readonly orderId?: string
}

/** Stores an order as if a worker had persisted it. Returns its id. */
export async function storeOrderToPay(
  database: Database,
  itemId: number,
  { buyer = 'ann', quantity = 2, status = 'confirmed', dueInSeconds = 600, orderId = randomUUID() }: OrderToPay = {},
): Promise<string> {
  await database.$executeRaw`
    INSERT INTO orders (id, item_id, buyer, quantity, status, reason, accepted_at, confirmed_at, pay_by, due_at)
    SELECT ${orderId}::uuid, ${itemId}::int, ${buyer}, ${quantity}::int, ${status}::order_status,
      CASE WHEN ${status} = 'rejected' THEN 'SOLD_OUT' END, now(), now(), due, due
    FROM (SELECT clock_timestamp() + make_interval(secs => ${dueInSeconds}::float8) AS due) d`
  return orderId
}

/** What the books say of an order and of the money for it, in one line. */
export async function readBooks(database: Database, orderId: string): Promise<string> {
  const order = await database.order.findUniqueOrThrow({ where: { id: orderId } })
  const payments = await database.payment.findMany({
    where: { orderId },
    orderBy: { number: 'asc' },
    include: { refund: true },
  })
  const events = await database.$queryRaw<{ status: string }[]>`
    SELECT status::text FROM order_events WHERE order_id = ${orderId}::uuid ORDER BY id`
  const money = payments.map(({ state, refund }) => [
    state,
    refund && `${refund.amount} ${refund.currency} ${refund.reason}`,
  ])
  return [order.status, ...events.map(({ status }) => `told ${status}`), ...money.flat().filter(Boolean)].join(', ')
}
