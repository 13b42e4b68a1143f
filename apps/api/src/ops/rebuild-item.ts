import { ActHeaders } from '@flash-sale/contract/ops'
import { ItemParams, ItemView } from '@flash-sale/contract/sales'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { detailOfStores, tellOfStores } from '@flash-sale/upkeep/tell-of-stores'
import { tellTurnedDown } from '@flash-sale/upkeep/turned-down'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { answerWithItem } from './answer-with-item.ts'
import { holdWaitMs } from './ops-answer.ts'
import { performAct } from './perform-act.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  operationId: 'rebuildItem',
  summary: "Rebuild an item's ledger from Postgres",
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  headers: ActHeaders,
  response: {
    200: ItemView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ITEM_NOT_FOUND',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

const anotherRedisDetail = 'Redis does not belong to this database; GET /health/ready says more.'

/** POST /v1/ops/items/:itemId/rebuild */
export function rebuildItemRoute(app: Api, { stores }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/items/:itemId/rebuild', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const itemId = Number(request.params.itemId)
    return performAct<{ itemId: number }>(stores, request, reply, {
      act: async (remember) => {
        const rebuilt = await rebuildItem(stores, itemId, {
          waitMs: holdWaitMs,
          onlyIfUnsound: false,
          liveApis: 'UNKNOWN',
          onTurnedDown: (turnedDown) => tellTurnedDown(request.log, itemId, turnedDown),
        })
        const { kind: outcome } = rebuilt
        tellOfStores(request.log, itemId, rebuilt)
        if (outcome === 'ITEM_NOT_FOUND') return { problem: outcome }
        if (outcome === 'ANOTHER_REDIS') return { problem: 'UNAVAILABLE', extras: { detail: anotherRedisDetail } }
        const event = {
          actor: 'ops',
          action: 'rebuild',
          itemId,
          detail: { outcome, ...detailOfStores(rebuilt) },
        } as const
        return database.$transaction((statements) => remember(statements, { itemId }, event))
      },
      answer: () => answerWithItem(stores, itemId),
    })
  })
}
