import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment } from './fields.ts'
import { RefusedOrders } from './live.ts'

const Count = Type.Integer({ minimum: 0 })
const Milliseconds = Type.Number({ minimum: 0 })

/** What the stores say when every unit and every order of a sale is in Postgres and counted. */
export const SaleProof = closedObject({
  balanced: Type.Boolean({ description: 'Nothing below is wrong: both stores tell the same.' }),
  oversold: Count,
  undersold: Count,
  duplicates: Count,
  limitBreaches: Count,
})
export type SaleProof = Static<typeof SaleProof>

/** What the API processes counted of the orders of a sale. */
export const AskedOrders = closedObject({
  isComplete: Type.Optional(
    Type.Boolean({
      description:
        'False: the stores have orders that were not counted, so there were more requests than these. Absent while orders come or wait.',
    }),
  ),
  accepted: Count,
  replayed: Type.Integer({ minimum: 0, description: 'Requests that were answered with the order of an earlier one.' }),
  refused: RefusedOrders,
  p50Ms: Type.Union([Milliseconds, Type.Null()]),
  p99Ms: Type.Union([Milliseconds, Type.Null()]),
})
export type AskedOrders = Static<typeof AskedOrders>

/** What came of a sale, counted in the stores. */
export const SaleStory = closedObject(
  {
    saleId: Id,
    at: Moment,
    isOver: Type.Boolean({ description: 'The sale is closed, or every unit has a buyer.' }),
    total: Count,
    units: Type.Integer({ minimum: 0, description: 'Units of the orders that stand.' }),
    orders: Type.Integer({ minimum: 0, description: 'Orders in Postgres that stand.' }),
    endedOrders: Type.Integer({ minimum: 0, description: 'Orders that were cancelled or expired.' }),
    storedOrders: Type.Integer({
      minimum: 0,
      description:
        'Orders in Postgres that a buyer sent, rejected ones included, without those that late money bought.',
    }),
    buyers: Type.Integer({ minimum: 0, description: 'Buyers who hold units.' }),
    sellingMs: Type.Number({
      minimum: 0,
      description:
        'From the first order to the last, without the time between the last order before a restock and the next order.',
    }),
    firstAt: Type.Optional(Moment),
    /** When the last unit was taken. */
    soldOutAt: Type.Optional(Moment),
    soldOut: Type.Array(closedObject({ itemId: Id, at: Moment, sellingMs: Milliseconds }), {
      description: 'Each time that an item was sold out, and for how long it had sold until then.',
    }),
    asked: Type.Optional(AskedOrders),
    proof: Type.Optional(SaleProof),
  },
  'What came of a sale. `asked` is absent if no count is kept; `proof` until the sale is over, and every order in Postgres and counted.',
)
export type SaleStory = Static<typeof SaleStory>

export const dropMarkKinds = ['opening', 'pause', 'resume', 'close', 'restock'] as const

/** The orders of a sale since its opening. */
export const SaleDrop = closedObject(
  {
    saleId: Id,
    points: Type.Array(
      closedObject({
        at: Moment,
        seconds: Type.Number({ minimum: 1, description: 'The time that the point covers, from `at` on.' }),
        accepted: Count,
        replayed: Count,
        refused: RefusedOrders,
      }),
      { description: 'Counts of orders, the oldest first, without gaps. Empty if no count is kept.' },
    ),
    marks: Type.Array(
      closedObject({
        at: Moment,
        kind: Type.Enum(dropMarkKinds, { type: 'string' }),
        itemId: Type.Optional(Id),
      }),
    ),
  },
  'The orders of a sale since its opening, and what was done to the sale meanwhile.',
)
export type SaleDrop = Static<typeof SaleDrop>
