import { persistOrders } from '@flash-sale/database/persist-orders'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import type { Stores } from '@flash-sale/upkeep/hold-item'

const entryCountMax = 1_000

/** Does once what a worker does all the time; `acknowledged: false` stops between its two steps. */
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
