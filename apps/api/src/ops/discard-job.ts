import { DiscardedJob, JobParams } from '@flash-sale/contract/jobs'
import { ActHeaders } from '@flash-sale/contract/ops'
import { eventBeforeAct, recordOutcome } from '@flash-sale/database/audit-events'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { findFailedJob } from './failed-job.ts'
import { opsAnswer } from './ops-answer.ts'
import { performAct } from './perform-act.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  operationId: 'discardJob',
  summary: 'Remove a failed job',
  description: 'A job only says where to look. Its orders stay in the outbox, where the sweep finds them.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: JobParams,
  headers: ActHeaders,
  response: {
    200: DiscardedJob,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'JOB_NOT_FOUND',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/jobs/:jobId/discard */
export function discardJobRoute(app: Api, { queue, stores }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/jobs/:jobId/discard', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const { jobId } = request.params
    const detail = { jobId }
    const event = { actor: 'ops', action: 'discard', itemId: Number(jobId.split('-')[0]), detail } as const
    return performAct<{ jobId: string }>(stores, request, reply, {
      act: async (remember) => {
        if (!(await findFailedJob(queue, jobId))) return { problem: 'JOB_NOT_FOUND' }
        return database.$transaction((statements) => remember(statements, { jobId }, eventBeforeAct(event)))
      },
      answer: async (_effect, { eventId }) => {
        // 0 when it is gone: the first try, or somebody else, was faster.
        await opsAnswer(queue.remove(jobId))
        if (eventId !== undefined) await recordOutcome(database, eventId, detail, 'DONE')
        return { status: 200, body: { jobId } }
      },
    })
  })
}
