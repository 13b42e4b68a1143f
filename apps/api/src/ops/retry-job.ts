import { JobParams, RetriedJob } from '@flash-sale/contract/jobs'
import { ActHeaders } from '@flash-sale/contract/ops'
import { eventBeforeAct, recordOutcome } from '@flash-sale/database/audit-events'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { findFailedJob } from './failed-job.ts'
import { opsAnswer } from './ops-answer.ts'
import { performAct } from './perform-act.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  operationId: 'retryJob',
  summary: 'Retry a failed job',
  description: 'The job goes back into the queue, with all of its attempts.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: JobParams,
  headers: ActHeaders,
  response: {
    200: RetriedJob,
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

/** POST /v1/ops/jobs/:jobId/retry */
export function retryJobRoute(app: Api, { queue, stores }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/jobs/:jobId/retry', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const { jobId } = request.params
    const detail = { jobId }
    const event = { actor: 'ops', action: 'retry', itemId: Number(jobId.split('-')[0]), detail } as const
    return performAct<{ jobId: string }>(stores, request, reply, {
      act: async (remember) => {
        if (!(await findFailedJob(queue, jobId))) return { problem: 'JOB_NOT_FOUND' }
        return database.$transaction((statements) => remember(statements, { jobId }, eventBeforeAct(event)))
      },
      answer: async (_effect, { eventId, isResumed }) => {
        const isRetried = await opsAnswer(retry(jobId, isResumed))
        if (eventId !== undefined) await recordOutcome(database, eventId, detail, isRetried ? 'DONE' : 'REFUSED')
        return isRetried ? { status: 200, body: { jobId } } : { problem: 'JOB_NOT_FOUND' }
      },
    })
  })

  /** If a resumed act finds the job no longer failed, its first try has retried the job. */
  async function retry(jobId: string, isResumed: boolean): Promise<boolean> {
    const job = await findFailedJob(queue, jobId)
    // Another operator may have retried the job, or the queue may have removed it as too old.
    if (!job) return isResumed
    return job.retry('failed', { resetAttemptsMade: true }).then(() => true, isRefused)
  }
}

/** False for BullMQ's codes of a job that no longer exists (-1), is being worked on (-2) or has not failed (-3). */
function isRefused(error: unknown): false {
  if (error instanceof Error && 'code' in error && [-1, -2, -3].includes(Number(error.code))) return false
  throw error
}
