import type { PlacedEvent } from '@flash-sale/database/feed/order-events'

/** Events on their way to one endpoint at a time, and so the most that a killed worker leaves to be sent twice. */
export const windowSizeMax = 16

/** The first events, at most `sizeMax` and of different orders: an order's next change waits until its change before is delivered. */
export function cutWindow(events: readonly PlacedEvent[], sizeMax: number): PlacedEvent[] {
  const orders = new Set<string>()
  const window: PlacedEvent[] = []
  for (const placed of events.slice(0, sizeMax)) {
    if (orders.has(placed.event.orderId)) break
    orders.add(placed.event.orderId)
    window.push(placed)
  }
  return window
}
