import { randomUUID } from 'node:crypto'
import { ActHeaders, RestockBody } from '@flash-sale/contract/ops'
import { ItemParams, ItemView } from '@flash-sale/contract/sales'
import type { Statements } from '@flash-sale/database/connect'
import type { RememberedAct } from '@flash-sale/database/operator-acts'
import { sqlStateOf } from '@flash-sale/database/sql-state'
import { restockItem } from '@flash-sale/upkeep/restock-item'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { answerWithNewTotal } from './answer-with-item.ts'
import { holdWaitMs } from './ops-answer.ts'
import { performAct } from './perform-act.ts'

const schema = {
  operationId: 'restockItem',
  summary: 'Add units to an item',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  headers: ActHeaders,
  body: RestockBody,
  response: {
    200: ItemView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ITEM_NOT_FOUND',
      'SALE_ALREADY_CLOSED',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/items/:itemId/restock */
export function restockItemRoute(app: Api, { stores }: ApiContext): void {
  app.post('/v1/ops/items/:itemId/restock', { schema }, async (request, reply) => {
    const itemId = Number(request.params.itemId)
    const { units } = request.body
    // The item keeps the keys of its restocks for ever, longer than operators' acts are kept.
    const key = request.headers['idempotency-key'] ?? randomUUID()
    const event = { actor: 'ops', action: 'restock', itemId, detail: { units, key } } as const
    return performAct<{ itemId: number }>(stores, request, reply, {
      act: async (remember) => {
        const remembered: RememberedAct[] = []
        const onRaised = async (statements: Statements, isNew: boolean) =>
          void remembered.push(await remember(statements, { itemId }, isNew ? event : undefined))
        const restocking = restockItem(stores, itemId, { key, units }, holdWaitMs, onRaised)
        const { kind } = await restocking.catch(tooMany)
        return kind === 'RESTOCKED' ? remembered[0]! : refusals[kind]
      },
      answer: (_effect, { isResumed }) => answerWithNewTotal(stores, itemId, isResumed),
    })
  })
}

const refusals = {
  SALE_OVER: { problem: 'SALE_ALREADY_CLOSED' },
  ITEM_NOT_FOUND: { problem: 'ITEM_NOT_FOUND' },
  KEY_CONFLICT: {
    problem: 'KEY_CONFLICT',
    extras: { detail: 'This key stands for a restock of another number of units.' },
  },
  TOO_MANY: {
    problem: 'INVALID_REQUEST',
    extras: { detail: 'The item would have more units than can be counted.' },
  },
} as const

const numericValueOutOfRange = '22003'

function tooMany(error: unknown): { kind: 'TOO_MANY' } {
  if (sqlStateOf(error) === numericValueOutOfRange) return { kind: 'TOO_MANY' }
  throw error
}
