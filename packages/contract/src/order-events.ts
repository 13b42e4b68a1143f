import type { OrderView } from './orders.ts'

/** GET /v1/orders/:orderId/events sends the event `order` with an OrderView as its data, at once and at each change. */
export const orderEventName = 'order'
export type OrderEventData = OrderView
