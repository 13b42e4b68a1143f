import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, OrderId } from './fields.ts'
import { OrderView } from './orders.ts'
import { nextCursorField, pageFields } from './paging.ts'
import { MoneyOfOrder } from './payments.ts'
import { buyerPattern } from './tokens.ts'

export const ListOrdersQuery = closedObject({ ...pageFields })
export type ListOrdersQuery = Static<typeof ListOrdersQuery>

export const OrderList = closedObject(
  { orders: Type.Array(OrderView), ...nextCursorField },
  "The buyer's own confirmed orders, the newest first. One that was just accepted joins them once Postgres has it.",
)
export type OrderList = Static<typeof OrderList>

/** An order is found if it matches every given field. Without a field every order is found. */
export const FindOrdersQuery = closedObject({
  buyer: Type.Optional(Type.String({ pattern: buyerPattern, description: 'The buyer, as the tokens name them.' })),
  orderId: Type.Optional(OrderId),
  itemId: Type.Optional(IdInPath),
  ...pageFields,
})
export type FindOrdersQuery = Static<typeof FindOrdersQuery>

export const FoundOrder = closedObject({
  ...OrderView.properties,
  buyer: Type.String(),
  itemName: Type.Optional(Type.String({ description: 'Absent if Postgres does not have the item.' })),
  saleId: Type.Optional(Id),
  money: Type.Optional(
    Type.Array(MoneyOfOrder, {
      description:
        'Money that came too late for the order, or that goes back; the oldest first. Absent if there is none.',
    }),
  ),
})
export type FoundOrder = Static<typeof FoundOrder>

export const FoundOrders = closedObject(
  { orders: Type.Array(FoundOrder), ...nextCursorField },
  'Orders with their buyers, the newest first.',
)
export type FoundOrders = Static<typeof FoundOrders>
