import { randomUUID } from 'node:crypto'
import { RestockBody } from '@flash-sale/contract/ops'
import { IdempotencyHeaders } from '@flash-sale/contract/orders'
import { ItemParams, ItemView } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { isDataRefused, sqlStateOf } from '@flash-sale/database/sql-state'
import { restockItem } from '@flash-sale/upkeep/restock-item'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { viewItemById } from './view-item.ts'

const schema = {
  summary: 'Add units to an item',
  description: 'With an Idempotency-Key, the same key again adds nothing.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  headers: IdempotencyHeaders,
  body: RestockBody,
  response: {
    200: ItemView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ITEM_NOT_FOUND',
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
    const key = request.headers['idempotency-key'] ?? randomUUID()
    const { units } = request.body
    const restocked = await opsAnswer(restockItem(stores, itemId, { key, units }, holdWaitMs)).catch(
      (error: unknown) => {
        if (isDataRefused(sqlStateOf(error))) return 'TOO_MANY' as const
        throw error
      },
    )
    if (restocked === 'TOO_MANY') {
      return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The item would have more units than can be counted.' })
    }
    if (restocked.kind === 'KEY_CONFLICT') {
      return sendProblem(reply, 'KEY_CONFLICT', { detail: 'This key stands for a restock of another number of units.' })
    }
    if (restocked.kind !== 'RESTOCKED') return sendProblem(reply, restocked.kind)
    await recordAuditEvent(stores.database, { actor: 'ops', action: 'restock', itemId, detail: { units, key } })
    const view = await opsAnswer(viewItemById(stores, itemId))
    return view ? reply.send(view) : sendProblem(reply, 'ITEM_NOT_FOUND')
  })
}
