import { ActHeaders } from '@flash-sale/contract/ops'
import { SaleParams, SaleView } from '@flash-sale/contract/sales'
import { readSale, setSaleState } from '@flash-sale/database/sales'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
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
}

const problems = [
  'INVALID_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'SALE_NOT_FOUND',
  'KEY_CONFLICT',
  'BUSY',
  'OVERLOADED',
  'UNAVAILABLE',
] as const

/** A closed sale takes no action but another closing. */
function answersOf(action: keyof typeof actions) {
  return {
    200: SaleView,
    ...problemAnswers(...problems, ...(action === 'close' ? [] : (['SALE_ALREADY_CLOSED'] as const))),
  }
}

const clockWithinMs = 1_000

/** POST /v1/ops/sales/:saleId/pause, /resume and /close. Closing is final, and may be repeated. */
export function changeSaleStateRoutes(app: Api, { stores }: ApiContext): void {
  const { database } = stores
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
      return performAct<{ saleId: number }>(stores, request, reply, {
        act: (remember) =>
          database.$transaction(async (statements) => {
            const set = await setSaleState(statements, saleId, state, nowMs)
            if (set === 'SALE_NOT_FOUND') return { problem: set }
            if (set === 'CLOSED') return { problem: 'SALE_ALREADY_CLOSED' }
            const event = { actor: 'ops', action, saleId } as const
            return remember(statements, { saleId }, set === 'CHANGED' ? event : undefined)
          }),
        answer: () => applyState(saleId),
      })
    })
  }

  /** A sale can be paused while Redis does not answer. The sweep then changes the ledgers. */
  function readNowMs(): Promise<number> {
    return answerWithin(readRedisTime(stores.redis), clockWithinMs, 'Redis').catch(() => Date.now())
  }

  /** Brings the ledgers to the sale's present state, so that the last operator wins. */
  async function applyState(saleId: number): Promise<ActAnswer> {
    const sale = await readSale(database, saleId)
    if (!sale) return { problem: 'SALE_NOT_FOUND' }
    const applied = await opsAnswer(Promise.all(sale.items.map((item) => applySaleState(stores, item.id, holdWaitMs))))
    if (applied.includes(false)) {
      const detail = 'The sale has this state; an item that is being rebuilt follows in a moment.'
      return { problem: 'UNAVAILABLE', extras: { detail } }
    }
    return { status: 200, body: await opsAnswer(viewSale(stores, sale)) }
  }
}
