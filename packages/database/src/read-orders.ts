import type { Database } from './connect.ts'

export type OrderStatus = 'confirmed' | 'paid' | 'cancelled' | 'expired' | 'rejected'

/** An order's row. */
export interface OrderRow {
  readonly orderId: string
  readonly number: bigint
  readonly itemId: number
  readonly buyer: string
  readonly quantity: number
  readonly status: OrderStatus
  readonly reason: string | null
  readonly acceptedAt: Date
  readonly confirmedAt: Date | null
}

/** One order by its UUID, or null. */
export async function readOrder(database: Database, orderId: string): Promise<OrderRow | null> {
  const row = await database.order.findUnique({ where: { id: orderId } })
  if (!row) return null
  const { id, ...rest } = row
  return { orderId: id, ...rest }
}

/** Walks all orders of an item by their numbers, `chunkSize` at a time. */
export async function* ordersOfItem(database: Database, itemId: number, chunkSize: number): AsyncGenerator<OrderRow[]> {
  let after = 0n
  for (;;) {
    const rows = await database.order.findMany({
      where: { itemId, number: { gt: after } },
      orderBy: { number: 'asc' },
      take: chunkSize,
    })
    if (rows.length === 0) return
    yield rows.map(({ id, ...rest }) => ({ orderId: id, ...rest }))
    after = rows.at(-1)!.number
  }
}
