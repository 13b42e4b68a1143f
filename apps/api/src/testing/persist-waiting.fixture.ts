import { persistOrders } from '@flash-sale/database/persist-orders'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import type { Stores } from '@flash-sale/upkeep/stores'

const entryCountMax = 1_000

/** Persists the waiting orders once, as a worker does. `acknowledged: false` stops before the acknowledgement. */
export async function persistWaiting(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
  { acknowledged = true } = {},
): Promise<void> {
  for (const { id, birth, epoch, orders } of await readOutbox(redis, itemId, entryCountMax)) {
    const rows = orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistOrders(database, itemId, { epoch }, rows)
    if (acknowledged) await acknowledge(redis, itemId, { birth, epoch }, [id])
  }
}
