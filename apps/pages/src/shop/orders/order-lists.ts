import { comesAfter, takesUnits } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'

/** Remembered and listed orders together, each once, the newest first. The service's version of an order replaces the remembered one. */
export function mergeOrders(remembered: readonly OrderView[], listed: readonly OrderView[]): OrderView[] {
  const known = new Set(listed.map(({ orderId }) => orderId))
  const waiting = remembered.filter(({ orderId }) => !known.has(orderId))
  return [...waiting, ...listed].toSorted((a, b) => Date.parse(b.acceptedAt) - Date.parse(a.acceptedAt))
}

/** The later of two readings of one order. Answers may overtake one another, but an order's status never goes back. */
export function laterReading(known: OrderView | undefined, read: OrderView): OrderView {
  return known && comesAfter(known.status, read.status) ? known : read
}

/** Whether the order has to be paid yet. */
export function isUnpaid({ status, payBy }: OrderView): boolean {
  return status === 'confirmed' && payBy !== undefined
}

/** Units of the item that these orders hold, as the purchase limit counts them. */
export function heldUnits(orders: readonly OrderView[], itemId: number): number {
  return orders
    .filter((order) => order.itemId === itemId && takesUnits(order.status))
    .reduce((units, { quantity }) => units + quantity, 0)
}
