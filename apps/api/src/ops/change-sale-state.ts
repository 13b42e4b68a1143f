import { ActHeaders } from '@flash-sale/contract/ops'
import { SaleParams, SaleView } from '@flash-sale/contract/sales'
import { readSale, setSaleState } from '@flash-sale/database/sales'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { viewSale } from '../sales/view-sale.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { performAct, type ActAnswer } from './perform-act.ts'
import { takeNoBody } from './take-no-body.ts'

const actions = { pause: 'paused', resume: 'live', close: 'closed' } as const

const schema = {
  tags: ['ops'],
  security: [{ ops: [] }],
  params: SaleParams,
  headers: ActHeaders,
  response: {
    200: SaleView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'SALE_NOT_FOUND',
      'SALE_ALREADY_CLOSED',
      'KEY_CONFLICT',
      'BUSY',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/sales/:saleId/pause, /resume and /close. Closing is final, and closing twice is as good as once. */
export function changeSaleStateRoutes(app: Api, { stores }: ApiContext): void {
  const { database } = stores
  for (const action of ['pause', 'resume', 'close'] as const) {
    const state = actions[action]
    const summary = `${action[0]!.toUpperCase()}${action.slice(1)} a sale`
    const options = { schema: { summary, ...schema }, preHandler: takeNoBody }
    app.post(`/v1/ops/sales/:saleId/${action}`, options, async (request, reply) => {
      const saleId = Number(request.params.saleId)
      return performAct<{ saleId: number }>(stores, request, reply, {
        act: (remember) =>
          database.$transaction(async (statements) => {
            const set = await setSaleState(statements, saleId, state)
            if (set === 'SALE_NOT_FOUND') return { problem: set }
            if (set === 'CLOSED') return { problem: 'SALE_ALREADY_CLOSED' }
            const event = { actor: 'ops', action, saleId } as const
            return remember(statements, { saleId }, set === 'CHANGED' ? event : undefined)
          }),
        answer: () => applyState(saleId),
      })
    })
  }

  /** Brings the ledgers to the state that the sale has by now: an operator who came later wins. */
  async function applyState(saleId: number): Promise<ActAnswer> {
    const sale = await readSale(database, saleId)
    if (!sale) return { problem: 'SALE_NOT_FOUND' }
    const applied = await opsAnswer(Promise.all(sale.items.map((item) => applySaleState(stores, item.id, holdWaitMs))))
    if (applied.includes(false)) {
      const detail = 'The sale is set to this state; an item that is being rebuilt follows in a moment.'
      return { problem: 'UNAVAILABLE', extras: { detail } }
    }
    return { status: 200, body: await opsAnswer(viewSale(stores, sale)) }
  }
}
