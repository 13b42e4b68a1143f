import type { AuditAction } from '@flash-sale/contract/audit-trail'
import { ActHeaders } from '@flash-sale/contract/ops'
import { WebhookEndpointParams } from '@flash-sale/contract/webhooks'
import type { Database, Statements } from '@flash-sale/database/connect'
import { readEndpoint } from '@flash-sale/database/webhooks/endpoints'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../api-context.ts'
import { opsAnswer } from '../ops/ops-answer.ts'
import { performAct, type ActAnswer, type Refusal } from '../ops/perform-act.ts'
import { viewEndpoint } from './view-endpoint.ts'

/** What acts on one endpoint have in common. */
export const endpointActSchema = {
  tags: ['ops'],
  security: [{ ops: [] }],
  params: WebhookEndpointParams,
  headers: ActHeaders,
}

export const endpointActProblems = [
  'INVALID_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'WEBHOOK_ENDPOINT_NOT_FOUND',
  'KEY_CONFLICT',
  'BUSY',
  'OVERLOADED',
  'UNAVAILABLE',
] as const

/** Performs an act on one endpoint. `change` returns false if there is no such endpoint, or why it is not changed. */
export function actOnEndpoint(
  { stores }: Pick<ApiContext, 'stores'>,
  request: FastifyRequest<{ Params: WebhookEndpointParams }>,
  reply: FastifyReply,
  action: AuditAction,
  change: (statements: Statements, endpointId: number) => Promise<boolean | Refusal>,
  answer: (database: Database, endpointId: number) => Promise<ActAnswer> = answerWithEndpoint,
): Promise<FastifyReply> {
  const { database } = stores
  const endpointId = Number(request.params.endpointId)
  return performAct<{ endpointId: number }>(stores, request, reply, {
    act: (remember) =>
      database.$transaction(async (statements) => {
        const changed = await change(statements, endpointId)
        if (typeof changed === 'object') return changed
        if (!changed) return { problem: 'WEBHOOK_ENDPOINT_NOT_FOUND' }
        return remember(statements, { endpointId }, { actor: 'ops', action, detail: { endpointId } })
      }),
    answer: () => opsAnswer(answer(database, endpointId)),
  })
}

async function answerWithEndpoint(database: Database, endpointId: number): Promise<ActAnswer> {
  const endpoint = await readEndpoint(database, endpointId)
  return endpoint ? { status: 200, body: viewEndpoint(endpoint) } : { problem: 'WEBHOOK_ENDPOINT_NOT_FOUND' }
}
