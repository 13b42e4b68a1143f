import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment, OrderId } from './fields.ts'
import { orderStatuses } from './order-statuses.ts'

/** The most units of one order. An item's purchase limit is never higher. */
export const quantityMax = 1_000

const Quantity = Type.Integer({ minimum: 1, maximum: quantityMax })

export const PlaceOrderBody = closedObject({ itemId: Id, quantity: Quantity })
export type PlaceOrderBody = Static<typeof PlaceOrderBody>

/** The characters and length of an idempotency key. */
export const idempotencyKeyPattern = '^[ -~]{1,255}$'

export const IdempotencyKey = Type.String({
  pattern: idempotencyKeyPattern,
  description:
    'Your name for this attempt to buy, 1 to 255 printable ASCII characters. The same key again gives the same order.',
})

/** Other headers are allowed, unlike other fields elsewhere, since a request has many headers. */
export const IdempotencyHeaders = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) })
export type IdempotencyHeaders = Static<typeof IdempotencyHeaders>

export const PlaceOrderHeaders = Type.Object({
  ...IdempotencyHeaders.properties,
  prefer: Type.Optional(
    Type.String({
      description: '`wait=N`: answer once the order is in Postgres, after N seconds at the latest (RFC 7240).',
    }),
  ),
})
export type PlaceOrderHeaders = Static<typeof PlaceOrderHeaders>

export const OrderParams = closedObject({ orderId: OrderId })
export type OrderParams = Static<typeof OrderParams>

export const OrderAccepted = closedObject(
  {
    orderId: OrderId,
    itemId: Id,
    quantity: Quantity,
    status: Type.Literal('accepted'),
  },
  'The order is accepted. The same again to a replay, with the header Idempotent-Replayed: true. Location is where to read it.',
)
export type OrderAccepted = Static<typeof OrderAccepted>

export const OrderView = closedObject(
  {
    orderId: OrderId,
    itemId: Id,
    quantity: Quantity,
    status: Type.Enum(orderStatuses, { type: 'string' }),
    number: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The order number that people use; known once confirmed.' }),
    ),
    acceptedAt: Moment,
    confirmedAt: Type.Optional(Moment),
    payBy: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Until when the order has to be paid, else it expires. Absent: the sale asks for no payment.',
      }),
    ),
    replaces: Type.Optional(OrderId),
    reason: Type.Optional(Type.String({ description: 'Why the order was rejected.' })),
  },
  'The order: accepted until Postgres has it, then confirmed; in a sale that asks for payment then paid, cancelled or expired.',
)
export type OrderView = Static<typeof OrderView>

/** GET /v1/orders/:orderId/events sends this event with an OrderView as its data, at once and at each change. */
export const orderEventName = 'order'
