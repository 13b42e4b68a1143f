import { JobParams, RetriedJob } from '@flash-sale/contract/jobs'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { opsAnswer } from './ops-answer.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  summary: 'Retry a failed job',
  description: 'It waits again, with all of its attempts.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: JobParams,
  response: {
    200: RetriedJob,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'JOB_NOT_FOUND', 'UNAVAILABLE'),
  },
}

/** POST /v1/ops/jobs/:jobId/retry */
export function retryJobRoute(app: Api, { queue, stores }: ApiContext): void {
  app.post('/v1/ops/jobs/:jobId/retry', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const { jobId } = request.params
    const isRetried = await opsAnswer(retry(jobId))
    if (!isRetried) return sendProblem(reply, 'JOB_NOT_FOUND')
    const itemId = Number(jobId.split('-')[0])
    await opsAnswer(recordAuditEvent(stores.database, { actor: 'ops', action: 'retry', itemId, detail: { jobId } }))
    return reply.send({ jobId })
  })

  async function retry(jobId: string): Promise<boolean> {
    const job = await queue.getJob(jobId)
    try {
      await job?.retry('failed', { resetAttemptsMade: true })
      return job !== undefined
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }
}

/** BullMQ's codes for a job that does not exist any more (-1), is being worked on (-2) or has not failed (-3). */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && [-1, -2, -3].includes(Number(error.code))
}
