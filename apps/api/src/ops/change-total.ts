import { ActHeaders, ChangeTotalBody } from '@flash-sale/contract/ops'
import { ItemParams, ItemView } from '@flash-sale/contract/sales'
import type { Statements } from '@flash-sale/database/connect'
import type { RememberedAct } from '@flash-sale/database/operator-acts'
import { changeTotal } from '@flash-sale/upkeep/change-total'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { answerWithNewTotal } from './answer-with-item.ts'
import { holdWaitMs } from './ops-answer.ts'
import { performAct, type Refusal } from './perform-act.ts'

const schema = {
  operationId: 'changeTotal',
  summary: "Set an item's total",
  description:
    'Lowers or raises the total while the item sells. A total below the units that are taken is refused with the numbers.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  headers: ActHeaders,
  body: ChangeTotalBody,
  response: {
    200: ItemView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ITEM_NOT_FOUND',
      'SALE_ALREADY_CLOSED',
      'TOTAL_BELOW_TAKEN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/items/:itemId/total */
export function changeTotalRoute(app: Api, { stores }: ApiContext): void {
  app.post('/v1/ops/items/:itemId/total', { schema }, async (request, reply) => {
    const itemId = Number(request.params.itemId)
    const { total } = request.body
    return performAct<{ itemId: number }>(stores, request, reply, {
      act: async (remember): Promise<RememberedAct | Refusal> => {
        const remembered: RememberedAct[] = []
        const onChanged = async (statements: Statements, before: number) => {
          const event = { actor: 'ops', action: 'total', itemId, detail: { total, before } } as const
          remembered.push(await remember(statements, { itemId }, event))
        }
        const change = await changeTotal(stores, itemId, total, holdWaitMs, onChanged)
        switch (change.kind) {
          case 'CHANGED':
            return remembered[0]!
          case 'BELOW_TAKEN': {
            const { takenUnits } = change
            const detail = `${takenUnits} of ${change.total} units are taken; the total cannot be lower than ${takenUnits}.`
            return { problem: 'TOTAL_BELOW_TAKEN', extras: { detail } }
          }
          default:
            return { problem: refusals[change.kind] }
        }
      },
      answer: (_effect, { isResumed }) => answerWithNewTotal(stores, itemId, isResumed),
    })
  })
}

const refusals = {
  SALE_OVER: 'SALE_ALREADY_CLOSED',
  NOT_LOADED: 'UNAVAILABLE',
  ITEM_NOT_FOUND: 'ITEM_NOT_FOUND',
} as const
