import { ItemAudit } from '@flash-sale/contract/ops'
import { ItemParams } from '@flash-sale/contract/sales'
import { auditItem } from '@flash-sale/upkeep/audit-item'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'

const schema = {
  operationId: 'auditItem',
  summary: "Count an item's units and orders in both stores",
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  response: {
    200: ItemAudit,
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

/** GET /v1/ops/items/:itemId/audit */
export function auditItemRoute(app: Api, { stores, unsettle }: ApiContext): void {
  app.get('/v1/ops/items/:itemId/audit', { schema }, async (request, reply) => {
    const itemId = Number(request.params.itemId)
    const audit = await opsAnswer(auditItem(stores, itemId, holdWaitMs))
    if (audit === 'NOT_LOADED') {
      unsettle(itemId)
      return sendProblem(reply, 'UNAVAILABLE', { detail: 'The ledger is being rebuilt; ask again in a moment.' })
    }
    if (audit === 'ITEM_NOT_FOUND') return sendProblem(reply, 'ITEM_NOT_FOUND')
    const { counterDrift, ...numbers } = audit
    return reply.send({ ...numbers, drift: counterDrift })
  })
}
