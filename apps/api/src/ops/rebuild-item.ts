import { ItemParams, ItemView } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { takeNoBody } from './take-no-body.ts'
import { viewItemById } from './view-item.ts'

const schema = {
  summary: "Make an item's ledger anew from Postgres",
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  response: {
    200: ItemView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ITEM_NOT_FOUND',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/items/:itemId/rebuild */
export function rebuildItemRoute(app: Api, { stores }: ApiContext): void {
  app.post('/v1/ops/items/:itemId/rebuild', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const itemId = Number(request.params.itemId)
    const rebuilt = await opsAnswer(rebuildItem(stores, itemId, { waitMs: holdWaitMs, onlyIfUnsound: false }))
    if (rebuilt.kind === 'ITEM_NOT_FOUND') return sendProblem(reply, 'ITEM_NOT_FOUND')
    await recordAuditEvent(stores.database, {
      actor: 'ops',
      action: 'rebuild',
      itemId,
      detail: { outcome: rebuilt.kind },
    })
    const view = await opsAnswer(viewItemById(stores, itemId))
    return view ? reply.send(view) : sendProblem(reply, 'ITEM_NOT_FOUND')
  })
}
