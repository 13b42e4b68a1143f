import { persistOrders } from '@flash-sale/database/persist-orders'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import type { Stores } from './stores.ts'

const entryCountMax = 1_000

/** Persists and acknowledges what waits in an item's outbox, as a worker does. */
export async function persistWaiting(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
): Promise<void> {
  for (const { id, birth, epoch, totalVersion, orders } of await readOutbox(redis, itemId, entryCountMax)) {
    const rows = orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistOrders(database, itemId, { birth, epoch, totalVersion }, rows)
    await acknowledge(redis, itemId, { birth, epoch }, [id])
  }
}
