import { SaleList, SaleParams, SaleView } from '@flash-sale/contract/sales'
import { listSales, readSale } from '@flash-sale/database/sales'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewSale } from './view-sale.ts'

const listSchema = {
  operationId: 'listSales',
  summary: 'List sales, newest first',
  tags: ['sales'],
  response: { 200: SaleList, ...problemAnswers('UNAVAILABLE') },
}

const readSchema = {
  operationId: 'readSale',
  summary: 'Read a sale with its live stock',
  tags: ['sales'],
  params: SaleParams,
  response: { 200: SaleView, ...problemAnswers('INVALID_REQUEST', 'SALE_NOT_FOUND', 'UNAVAILABLE') },
}

/** Sales in one answer; older ones can be read by their id. */
const saleCountMax = 100
const readWithinMs = 3_000

/** GET /v1/sales and GET /v1/sales/:saleId */
export function readSalesRoutes(app: Api, { stores }: ApiContext): void {
  app.get('/v1/sales', { schema: listSchema }, async (_request, reply) =>
    reply.send({ sales: await answerWithin(viewSales(), readWithinMs, 'a store') }),
  )

  app.get('/v1/sales/:saleId', { schema: readSchema }, async (request, reply) => {
    const view = await answerWithin(viewOne(Number(request.params.saleId)), readWithinMs, 'a store')
    return view ? reply.send(view) : sendProblem(reply, 'SALE_NOT_FOUND')
  })

  async function viewSales(): Promise<SaleView[]> {
    const rows = await listSales(stores.database, saleCountMax)
    return Promise.all(rows.map((row) => viewSale(stores, row)))
  }

  async function viewOne(saleId: number): Promise<SaleView | undefined> {
    const row = await readSale(stores.database, saleId)
    return row ? viewSale(stores, row) : undefined
  }
}
