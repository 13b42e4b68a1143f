import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment, OrderId } from './fields.ts'
import { orderStatuses, orderStatusFacts, type StoredOrderStatus } from './order-statuses.ts'

export const storedOrderStatuses = orderStatuses.filter(
  (status): status is StoredOrderStatus => orderStatusFacts[status].isStored,
)

export type OrderEventType = `order.${StoredOrderStatus}`

/** The type of the event by which an order gets this status. */
export function orderEventType(status: StoredOrderStatus): OrderEventType {
  return `order.${status}`
}

export const orderEventTypes = storedOrderStatuses.map(orderEventType)

/** The status that an order gets by an event of this type. */
export function statusOfEventType(type: OrderEventType): StoredOrderStatus {
  return type.slice('order.'.length) as StoredOrderStatus
}

export const OrderEventTypeField = Type.Enum(orderEventTypes, { type: 'string' })

export const OrderEvent = closedObject({
  eventId: Type.String({
    description:
      'The order and its new status. An order has each status once, so you know an event by this name for good.',
  }),
  type: OrderEventTypeField,
  at: Moment,
  orderId: OrderId,
  number: Type.Integer({ minimum: 1, description: 'The order number that people use.' }),
  itemId: Id,
  buyer: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  status: Type.Enum(storedOrderStatuses, {
    type: 'string',
    description: 'The new status; a later event may have changed it.',
  }),
  reason: Type.Optional(Type.String({ description: 'Why the order was rejected.' })),
  detail: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'What else there is to say.' })),
})
export type OrderEvent = Static<typeof OrderEvent>

/** Events in one answer of the feed. */
export const eventCountMax = 1_000
export const eventCountDefault = 100
/** The longest wait for an event, in seconds. */
export const eventWaitSecondsMax = 30

/** A place in the feed. */
export const FeedCursor = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,128}$',
  description: 'The cursor of an earlier answer, as it was given.',
})

export const OrderEventsQuery = closedObject({
  after: Type.Optional(FeedCursor),
  limit: Type.Optional(
    Type.String({
      pattern: '^(?:[1-9][0-9]{0,2}|1000)$',
      description: `Events in this answer, 1 to ${eventCountMax}; ${eventCountDefault} when not given.`,
    }),
  ),
  wait: Type.Optional(
    Type.String({
      pattern: '^(?:[0-9]|[12][0-9]|30)$',
      description: `How many seconds to wait for an event when there is none, 0 to ${eventWaitSecondsMax}; 0 when not given.`,
    }),
  ),
})
export type OrderEventsQuery = Static<typeof OrderEventsQuery>

export const OrderEvents = closedObject(
  {
    events: Type.Array(OrderEvent),
    cursor: Type.Optional(
      Type.String({
        description: 'Send it as `after` to read on. Absent as long as there was no event and no cursor was sent.',
      }),
    ),
  },
  'Changes of orders in the order in which they are told to everybody. No events: you have all of them for now.',
)
export type OrderEvents = Static<typeof OrderEvents>
