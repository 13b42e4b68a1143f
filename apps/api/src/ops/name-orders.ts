import type { FoundOrder } from '@flash-sale/contract/order-list'
import type { Database } from '@flash-sale/database/connect'
import { readItemNames } from '@flash-sale/database/search'

/** Adds the names of the items and the numbers of their sales, for people. */
export async function nameOrders(database: Database, orders: readonly FoundOrder[]): Promise<FoundOrder[]> {
  const names = await readItemNames(database, [...new Set(orders.map(({ itemId }) => itemId))])
  return orders.map((order) => {
    const item = names.get(order.itemId)
    return item ? { ...order, itemName: item.name, saleId: item.saleId } : order
  })
}
