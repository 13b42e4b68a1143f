import { ListSalesQuery, ReadSaleQuery, SaleList, SaleParams, SaleView } from '@flash-sale/contract/sales'
import { findSales, readSale, readSales } from '@flash-sale/database/sales'
import { createBoundedWork, type WorkBounds } from '@flash-sale/runtime/bounded-work'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage, type Page } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createKeptAnswers } from '../reads/kept-answers.ts'
import { keptAnswer, sendKept } from '../reads/send-kept.ts'
import { countWithin } from './count-within.ts'
import type { HeadStart } from './head-start.ts'
import { viewSale, viewSales } from './view-sale.ts'

const description =
  'The answer is at most half a second old. A request with its `ETag` as `If-None-Match` gets 304 while nothing has changed.'

const listSchema = {
  operationId: 'listSales',
  summary: 'List sales, newest first',
  description: `${description} Closed sales are listed only with \`state=closed\`. A page with many items ends before its limit.`,
  tags: ['sales'],
  querystring: ListSalesQuery,
  response: { ...keptAnswer(SaleList), ...problemAnswers('INVALID_REQUEST', 'OVERLOADED', 'UNAVAILABLE') },
}

const readSchema = {
  operationId: 'readSale',
  summary: 'Read a sale with its live stock',
  description,
  tags: ['sales'],
  params: SaleParams,
  querystring: ReadSaleQuery,
  response: {
    ...keptAnswer(SaleView),
    ...problemAnswers('INVALID_REQUEST', 'SALE_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/**
 * There are as many lists as limits and cursors, so keeping answers does not bound the work. One list is read at a time, which leaves
 * four fifths of this process to orders.
 */
const listBounds: WorkBounds = { underWayMax: 1, waitingMax: 8, restFactor: 4 }

/** Items in one page, which take some milliseconds of this process. A sale is never cut, so the last sale may exceed the bound. */
const itemsOfPageMax = 500

/** GET /v1/sales and GET /v1/sales/:saleId. Each answer is made at most a few times a second, however many clients ask. */
export function readSalesRoutes(
  app: Api,
  { stores: { database }, readRedis: redis, reads }: ApiContext,
  headStart: HeadStart,
): void {
  const answers = createKeptAnswers(reads)
  const lists = createKeptAnswers(createBoundedWork(listBounds))

  app.get('/v1/sales', { schema: listSchema }, async (request, reply) => {
    const { state, asTold, ...query } = request.query
    const page = readPage('sales', query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const key = `list ${state} ${page.limit} ${page.before} ${asTold}`
    const answer = await lists.get(key, async () => {
      const list = await viewPage(state, page)
      return asTold ? { ...list, sales: headStart.asTold(list.sales) } : list
    })
    return sendKept(request, reply, answer!)
  })

  app.get('/v1/sales/:saleId', { schema: readSchema }, async (request, reply) => {
    const saleId = Number(request.params.saleId)
    const { asTold } = request.query
    const answer = await answers.get(`sale ${saleId} ${asTold}`, async () => {
      const sale = await viewOne(saleId)
      return sale && asTold ? headStart.asTold([sale])[0] : sale
    })
    return answer ? sendKept(request, reply, answer) : sendProblem(reply, 'SALE_NOT_FOUND')
  })

  async function viewPage(state: ListSalesQuery['state'], page: Page): Promise<SaleList> {
    const now = new Date(await readRedisTime(redis))
    const beforeId = page.before === undefined ? undefined : Number(page.before)
    const found = await findSales(database, { state, now }, beforeId, page.limit + 1)
    const limit = Math.min(page.limit, countWithin(found, itemsOfPageMax))
    const { rows, ...next } = cutPage('sales', { ...page, limit }, found, ({ id }) => BigInt(id))
    const sales = await readSales(
      database,
      rows.map(({ id }) => id),
    )
    return { sales: await viewSales(redis, sales), ...next }
  }

  async function viewOne(saleId: number): Promise<SaleView | undefined> {
    const sale = await readSale(database, saleId)
    return sale ? viewSale({ redis }, sale) : undefined
  }
}
