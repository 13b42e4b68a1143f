import { ListSalesQuery, SaleList, SaleParams, SaleView } from '@flash-sale/contract/sales'
import { listSales, readSale } from '@flash-sale/database/sales'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage, type Page } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createKeptAnswers } from '../reads/kept-answers.ts'
import { notModified, sendKept } from '../reads/send-kept.ts'
import { viewSale, viewSales } from './view-sale.ts'

const description =
  'At most half a second old. `If-None-Match` with the `ETag` of the answer before is answered by 304.'

const listSchema = {
  operationId: 'listSales',
  summary: 'List sales, newest first',
  description: `${description} Those that are over are listed when they are asked for.`,
  tags: ['sales'],
  querystring: ListSalesQuery,
  response: { 200: SaleList, ...notModified, ...problemAnswers('INVALID_REQUEST', 'OVERLOADED', 'UNAVAILABLE') },
}

const readSchema = {
  operationId: 'readSale',
  summary: 'Read a sale with its live stock',
  description,
  tags: ['sales'],
  params: SaleParams,
  response: {
    200: SaleView,
    ...notModified,
    ...problemAnswers('INVALID_REQUEST', 'SALE_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** GET /v1/sales and GET /v1/sales/:saleId: however many ask, each answer is read and made at most a few times a second. */
export function readSalesRoutes(app: Api, { stores: { database }, readRedis: redis, reads }: ApiContext): void {
  const answers = createKeptAnswers(reads)

  app.get('/v1/sales', { schema: listSchema }, async (request, reply) => {
    const { state, ...query } = request.query
    const page = readPage('sales', query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const key = `list ${state} ${page.limit} ${page.before}`
    const answer = await answers.get(key, () => viewPage(state, page))
    return sendKept(request, reply, answer!)
  })

  app.get('/v1/sales/:saleId', { schema: readSchema }, async (request, reply) => {
    const saleId = Number(request.params.saleId)
    const answer = await answers.get(`sale ${saleId}`, () => viewOne(saleId))
    return answer ? sendKept(request, reply, answer) : sendProblem(reply, 'SALE_NOT_FOUND')
  })

  async function viewPage(state: ListSalesQuery['state'], page: Page): Promise<SaleList> {
    const now = new Date(await readRedisTime(redis))
    const beforeId = page.before === undefined ? undefined : Number(page.before)
    const read = await listSales(database, { state, now }, beforeId, page.limit + 1)
    const { rows, ...next } = cutPage('sales', page, read, ({ id }) => BigInt(id))
    return { sales: await viewSales(redis, rows), ...next }
  }

  async function viewOne(saleId: number): Promise<SaleView | undefined> {
    const sale = await readSale(database, saleId)
    return sale ? viewSale({ redis }, sale) : undefined
  }
}
