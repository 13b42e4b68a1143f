import { ActHeaders } from '@flash-sale/contract/ops'
import { DiscardedFromQuarantine, QuarantinedParams, ReplayedFromQuarantine } from '@flash-sale/contract/quarantine'
import type { LedgerVerdict } from '@flash-sale/contract/order-outcomes'
import { readQuarantined, resolveQuarantined } from '@flash-sale/database/quarantine'
import { adoptOrders } from '@flash-sale/upkeep/adopt-orders'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { performAct, type Refusal } from './perform-act.ts'
import { ordersIn } from './quarantined-content.ts'
import { takeNoBody } from './take-no-body.ts'

const common = { tags: ['ops'], security: [{ ops: [] }], params: QuarantinedParams, headers: ActHeaders }
const problems = problemAnswers(
  'INVALID_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'QUARANTINED_NOT_FOUND',
  'KEY_CONFLICT',
  'BUSY',
  'OVERLOADED',
  'UNAVAILABLE',
)

const replaySchema = {
  ...common,
  operationId: 'replayQuarantined',
  summary: 'Offer what lies in quarantine to its ledger again',
  description: 'Once what Postgres refused it for is mended. An order whose row is `rejected` already stays so.',
  response: { 200: ReplayedFromQuarantine, ...problems },
}

const discardSchema = {
  ...common,
  operationId: 'discardQuarantined',
  summary: 'Take something out of the quarantine for good',
  description: 'It is not listed any more. Its row is kept, and its order stays as it is.',
  response: { 200: DiscardedFromQuarantine, ...problems },
}

const unreadable: Refusal = {
  problem: 'INVALID_REQUEST',
  extras: { detail: 'This holds no order that a ledger could take; it can only be discarded.' },
}

/** POST /v1/ops/quarantine/:quarantineId/replay and /discard */
export function workOffQuarantineRoutes(app: Api, { stores }: ApiContext): void {
  const { database } = stores

  app.post(
    '/v1/ops/quarantine/:quarantineId/replay',
    { schema: replaySchema, preHandler: takeNoBody },
    async (request, reply) => {
      const quarantineId = Number(request.params.quarantineId)
      return performAct<ReplayedFromQuarantine>(stores, request, reply, {
        act: async (remember) => {
          const found = await readQuarantined(database, quarantineId)
          if (!found) return { problem: 'QUARANTINED_NOT_FOUND' }
          const { birth, orders } = ordersIn(found)
          if (orders.length === 0) return unreadable
          const adopted = await adoptOrders(stores, found.itemId, birth, orders)
          if (adopted === 'LATER') return { problem: 'BUSY' }
          if (adopted === 'ANOTHER_ITEM') return unreadable
          const verdicts = adopted.flatMap(({ judged }) => judged.verdicts)
          const count = (...wanted: LedgerVerdict[]) => verdicts.filter((verdict) => wanted.includes(verdict)).length
          const came = {
            taken: count('RESERVED'),
            known: count('REPLAYED'),
            rejected: count('SOLD_OUT', 'LIMIT_REACHED'),
            conflicts: count('KEY_CONFLICT'),
          }
          const { itemId, name } = found
          return database.$transaction(async (statements) => {
            const isOurs = await resolveQuarantined(statements, quarantineId, 'replayed')
            const event = { actor: 'ops', action: 'replay', itemId, detail: { name, ...came } } as const
            return remember(statements, { quarantineId, ...came }, isOurs ? event : undefined)
          })
        },
        answer: async (effect) => ({ status: 200, body: effect }),
      })
    },
  )

  app.post(
    '/v1/ops/quarantine/:quarantineId/discard',
    { schema: discardSchema, preHandler: takeNoBody },
    async (request, reply) => {
      const quarantineId = Number(request.params.quarantineId)
      return performAct<DiscardedFromQuarantine>(stores, request, reply, {
        act: async (remember) => {
          const found = await readQuarantined(database, quarantineId)
          if (!found) return { problem: 'QUARANTINED_NOT_FOUND' }
          const { itemId, name } = found
          return database.$transaction(async (statements) => {
            const isOurs = await resolveQuarantined(statements, quarantineId, 'discarded')
            const event = { actor: 'ops', action: 'discard', itemId, detail: { name } } as const
            return remember(statements, { quarantineId }, isOurs ? event : undefined)
          })
        },
        answer: async (effect) => ({ status: 200, body: effect }),
      })
    },
  )
}
