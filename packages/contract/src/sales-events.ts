import { Type, type Static } from 'typebox'
import { closedObject, Id, idPattern, Moment } from './fields.ts'
import { SaleView } from './sales.ts'

/** Most items of the sales on the stream, unless one sale alone has more. */
export const streamedItemsMax = 200

/** Most items of which one listener may hear first. */
export const firstItemsMax = 20

export const FollowSalesQuery = closedObject({
  first: Type.Optional(
    Type.String({
      pattern: `^${idPattern}(?:,${idPattern}){0,${firstItemsMax - 1}}$`,
      description: `Item ids with commas between, ${firstItemsMax} at most. This listener hears before others when they have units again.`,
    }),
  ),
})
export type FollowSalesQuery = Static<typeof FollowSalesQuery>

/** The names of the events of GET /v1/sales/events. */
export const salesEventNames = { sales: 'sales', stock: 'stock', away: 'away' } as const

/** Event `sales`: the first of a connection, and then whenever more than the stock of a sale changed. */
export const SalesEvent = closedObject({
  at: Moment,
  saleIds: Type.Array(Id, { description: 'The sales on the stream that are on or to come, newest first.' }),
  hasMore: Type.Boolean({ description: 'There are further such sales. They are not on the stream.' }),
  sales: Type.Array(SaleView, {
    description: 'The sales that changed, also those that have just ended. In the first event of a connection: all.',
  }),
})
export type SalesEvent = Static<typeof SalesEvent>

/** Event `stock`: units that can still be ordered, by item id, of the items for which the number changed. */
export const StockEvent = closedObject({
  at: Moment,
  available: Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), Type.Integer({ minimum: 0 })),
})
export type StockEvent = Static<typeof StockEvent>

/** Event `away`: the stores do not answer, so the numbers are not current. The next event of another name ends this. */
export const AwayEvent = closedObject({ at: Moment })
export type AwayEvent = Static<typeof AwayEvent>
