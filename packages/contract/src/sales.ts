import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, Moment } from './fields.ts'
import { nextCursorField, pageFields } from './paging.ts'

export const saleStates = ['scheduled', 'open', 'paused', 'closed'] as const
/** The state now, by the clock and the operators: `closed` after `closesAt`, or when an operator closed the sale. */
export type SaleState = (typeof saleStates)[number]

export const SaleStateSchema = Type.Enum(saleStates, { type: 'string' })

export const ItemView = closedObject(
  {
    itemId: Id,
    saleId: Id,
    sku: Type.String(),
    name: Type.String(),
    priceCents: Type.Integer({ minimum: 0, description: 'In the smallest unit of the currency.' }),
    currency: Type.Optional(Type.String({ description: 'That of the sale (ISO 4217).' })),
    total: Type.Integer({ minimum: 0, description: 'Units that were put on sale.' }),
    available: Type.Integer({ minimum: 0, description: 'Units that can still be ordered.' }),
    purchaseLimit: Type.Integer({ minimum: 1, description: 'The most units one buyer may hold.' }),
    opensAt: Moment,
    closesAt: Moment,
    state: SaleStateSchema,
  },
  'An item with its live stock.',
)
export type ItemView = Static<typeof ItemView>

export const SaleView = closedObject(
  {
    saleId: Id,
    name: Type.String(),
    state: SaleStateSchema,
    opensAt: Moment,
    closesAt: Moment,
    duplicateWindowMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'How long a second order without a key counts as a repeat of the first. Absent: never.',
      }),
    ),
    payWithinSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'How long after an order is confirmed it has to be paid. Absent: no payment is asked for.',
      }),
    ),
    currency: Type.Optional(Type.String({ description: 'The currency of the prices (ISO 4217).' })),
    items: Type.Array(ItemView),
  },
  'A sale with its items and their live stock.',
)
export type SaleView = Static<typeof SaleView>

const asToldField = {
  asTold: Type.Optional(
    Type.Enum(['true'], {
      type: 'string',
      description: [
        'Stock as the stream of the sales tells it to everybody: for about two seconds after an item has units again, it is shown sold out.',
        'Shops show this to buyers who did not ask to hear of the item first.',
      ].join(' '),
    }),
  ),
}

export const ReadSaleQuery = closedObject({ ...asToldField })
export type ReadSaleQuery = Static<typeof ReadSaleQuery>

export const ListSalesQuery = closedObject({
  state: Type.Optional(
    Type.Enum(saleStates, {
      type: 'string',
      description: 'Only sales in this state. Default: open, scheduled and paused sales.',
    }),
  ),
  ...asToldField,
  ...pageFields,
})
export type ListSalesQuery = Static<typeof ListSalesQuery>

export const SaleList = closedObject({ sales: Type.Array(SaleView), ...nextCursorField }, 'Sales, the newest first.')
export type SaleList = Static<typeof SaleList>

export const SaleParams = closedObject({ saleId: IdInPath })
export type SaleParams = Static<typeof SaleParams>

export const ItemParams = closedObject({ itemId: IdInPath })
export type ItemParams = Static<typeof ItemParams>

export const ServerTime = closedObject(
  { now: Moment },
  "The clock that opens and closes sales: Redis', not this process'.",
)
export type ServerTime = Static<typeof ServerTime>
