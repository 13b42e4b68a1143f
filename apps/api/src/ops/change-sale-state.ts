import { SaleParams, SaleView } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { readSale, setSaleState } from '@flash-sale/database/sales'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewSale } from '../sales/view-sale.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { takeNoBody } from './take-no-body.ts'

const actions = { pause: 'paused', resume: 'live', close: 'closed' } as const

const schema = {
  tags: ['ops'],
  security: [{ ops: [] }],
  params: SaleParams,
  response: {
    200: SaleView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'SALE_NOT_FOUND',
      'SALE_ALREADY_CLOSED',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/sales/:saleId/pause, /resume and /close. Closing is final, and closing twice is as good as once. */
export function changeSaleStateRoutes(app: Api, { stores }: ApiContext): void {
  for (const action of ['pause', 'resume', 'close'] as const) {
    const state = actions[action]
    const summary = `${action[0]!.toUpperCase()}${action.slice(1)} a sale`
    const options = { schema: { summary, ...schema }, preHandler: takeNoBody }
    app.post(`/v1/ops/sales/:saleId/${action}`, options, async (request, reply) => {
      const saleId = Number(request.params.saleId)
      const changed = await setSaleState(stores.database, saleId, state)
      const sale = await readSale(stores.database, saleId)
      if (!sale) return sendProblem(reply, 'SALE_NOT_FOUND')
      if (sale.state === 'closed' && action !== 'close') return sendProblem(reply, 'SALE_ALREADY_CLOSED')
      if (changed) await recordAuditEvent(stores.database, { actor: 'ops', action, saleId })
      const applied = await opsAnswer(
        Promise.all(sale.items.map((item) => applySaleState(stores, item.id, holdWaitMs))),
      )
      if (applied.includes(false)) {
        const detail = 'The sale is set to this state; an item that is being rebuilt follows in a moment.'
        return sendProblem(reply, 'UNAVAILABLE', { detail })
      }
      return reply.send(await opsAnswer(viewSale(stores, sale)))
    })
  }
}
