import type { OrderStatus, OrderView } from './orders.ts'

/** GET /v1/orders/:orderId/events sends the event `order` with an OrderView as its data, at once and at each change. */
export const orderEventName = 'order'
export type OrderEventData = OrderView

/** The statuses after which the service ends the stream: nothing more will happen to the order for now. */
export const lastStatuses: readonly OrderStatus[] = ['confirmed', 'paid', 'cancelled', 'expired', 'rejected']
