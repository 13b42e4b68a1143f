import { SaleParams, SaleView } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { readSale, setSaleState } from '@flash-sale/database/sales'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readClockMs } from '@flash-sale/stock/ledger-clock'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { stateAt, viewSale } from '../sales/view-sale.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { takeNoBody } from './take-no-body.ts'

const actions = { pause: 'paused', resume: 'live', close: 'closed' } as const

const schema = {
  tags: ['ops'],
  security: [{ ops: [] }],
  params: SaleParams,
}

const problems = ['INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'SALE_NOT_FOUND', 'BUSY', 'UNAVAILABLE'] as const

/** Closing is the one action that a closed sale takes. */
function answersOf(action: keyof typeof actions) {
  return {
    200: SaleView,
    ...problemAnswers(...problems, ...(action === 'close' ? [] : (['SALE_ALREADY_CLOSED'] as const))),
  }
}

const clockWithinMs = 1_000

/** POST /v1/ops/sales/:saleId/pause, /resume and /close. Closing is final, and closing twice is as good as once. */
export function changeSaleStateRoutes(app: Api, { stores }: ApiContext): void {
  for (const action of ['pause', 'resume', 'close'] as const) {
    const state = actions[action]
    const summary = `${action[0]!.toUpperCase()}${action.slice(1)} a sale`
    const options = {
      schema: { operationId: `${action}Sale`, summary, ...schema, response: answersOf(action) },
      preHandler: takeNoBody,
    }
    app.post(`/v1/ops/sales/:saleId/${action}`, options, async (request, reply) => {
      const saleId = Number(request.params.saleId)
      const nowMs = await readNowMs()
      const changed = await setSaleState(stores.database, saleId, state, nowMs)
      const sale = await readSale(stores.database, saleId)
      if (!sale) return sendProblem(reply, 'SALE_NOT_FOUND')
      if (stateAt(sale, nowMs) === 'closed' && action !== 'close') return sendProblem(reply, 'SALE_ALREADY_CLOSED')
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

  /** While Redis does not answer a sale can be paused all the same: the sweep carries it out. */
  function readNowMs(): Promise<number> {
    return answerWithin(readClockMs(stores.redis), clockWithinMs, 'Redis').catch(() => Date.now())
  }
}
