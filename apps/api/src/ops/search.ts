import { idMax } from '@flash-sale/contract/fields'
import type { FoundOrder } from '@flash-sale/contract/order-list'
import { SearchQuery, SearchResult } from '@flash-sale/contract/search'
import { buyerPattern } from '@flash-sale/contract/tokens'
import { listOrders, readOrderByNumber } from '@flash-sale/database/read-orders'
import { searchItems, searchSales } from '@flash-sale/database/search'
import type { Api, ApiContext } from '../api-context.ts'
import { lookUpOrder, partsOfOrderId, viewOfRow } from '../orders/look-up-order.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { completeOrders } from './complete-orders.ts'

const schema = {
  operationId: 'search',
  summary: 'Find orders, sales and items by one text',
  description:
    'The text may be an order number, an order id, a buyer, an SKU, or the name or number of an item or a sale. Each is tried.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: SearchQuery,
  response: {
    200: SearchResult,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const searchWithinMs = 5_000
const foundMax = 20
const orderIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Below the largest number of Postgres' bigint. */
const numberPattern = /^[1-9]\d{0,17}$/
const buyer = new RegExp(buyerPattern, 'u')

/** GET /v1/ops/search */
export function searchRoute(app: Api, context: ApiContext): void {
  app.get('/v1/ops/search', { schema }, async (request, reply) => {
    const text = request.query.text?.trim() ?? ''
    if (text === '') return reply.send({ sales: [], items: [], orders: [] })
    return reply.send(await context.reads.runWithin(() => search(context, text), searchWithinMs, 'a store'))
  })
}

async function search(context: ApiContext, text: string): Promise<SearchResult> {
  const { database } = context.stores
  const id = numberPattern.test(text) && Number(text) <= idMax ? Number(text) : undefined
  const [sales, items, orders] = await Promise.all([
    searchSales(database, text, id, foundMax),
    searchItems(database, text, id, foundMax),
    searchOrders(context, text),
  ])
  return {
    sales: sales.map(({ opensAt, closesAt, ...sale }) => ({
      ...sale,
      opensAt: opensAt.toISOString(),
      closesAt: closesAt.toISOString(),
    })),
    items,
    orders: await completeOrders(database, orders),
  }
}

async function searchOrders(context: ApiContext, text: string): Promise<FoundOrder[]> {
  const { database } = context.stores
  const orderId = text.toLowerCase()
  if (orderIdPattern.test(orderId)) return searchOrderId(context, orderId)
  const [numbered, ofBuyer] = await Promise.all([
    numberPattern.test(text) ? readOrderByNumber(database, BigInt(text)) : null,
    buyer.test(text) ? listOrders(database, { buyer: text }, undefined, foundMax) : [],
  ])
  return [...(numbered ? [numbered] : []), ...ofBuyer].map((row) => ({ ...viewOfRow(row), buyer: row.buyer }))
}

async function searchOrderId(context: ApiContext, orderId: string): Promise<FoundOrder[]> {
  const id = partsOfOrderId(orderId)
  const found = id ? await lookUpOrder(context, id) : 'ABSENT'
  return typeof found === 'object' ? [{ ...found.view, buyer: found.buyer }] : []
}
