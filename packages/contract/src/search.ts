import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment } from './fields.ts'
import { FoundOrder } from './order-list.ts'

export const SearchQuery = closedObject({
  text: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: String.raw`^\P{Cc}*$`,
      description:
        'An order number, an order id, a buyer, an SKU, the name or the number of an item or a sale. Names and SKUs are found by a part of them, in capitals or not.',
    }),
  ),
})
export type SearchQuery = Static<typeof SearchQuery>

export const FoundSale = closedObject({ saleId: Id, name: Type.String(), opensAt: Moment, closesAt: Moment })
export type FoundSale = Static<typeof FoundSale>

export const FoundItem = closedObject({
  itemId: Id,
  name: Type.String(),
  sku: Type.String(),
  saleId: Id,
  saleName: Type.String(),
})
export type FoundItem = Static<typeof FoundItem>

export const SearchResult = closedObject(
  { sales: Type.Array(FoundSale), items: Type.Array(FoundItem), orders: Type.Array(FoundOrder) },
  'What the text names, the newest first, at most 20 of each.',
)
export type SearchResult = Static<typeof SearchResult>
