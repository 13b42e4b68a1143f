import { JobParams, RetriedJob } from '@flash-sale/contract/jobs'
import { recordAct } from '@flash-sale/database/audit-events'
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
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'JOB_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** POST /v1/ops/jobs/:jobId/retry */
export function retryJobRoute(app: Api, { queue, stores }: ApiContext): void {
  app.post('/v1/ops/jobs/:jobId/retry', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const { jobId } = request.params
    const isRetried = await opsAnswer(retry(jobId))
    return isRetried ? reply.send({ jobId }) : sendProblem(reply, 'JOB_NOT_FOUND')
  })

  async function retry(jobId: string): Promise<boolean> {
    const job = await queue.getJob(jobId)
    if (!job || !(await job.isFailed())) return false
    const itemId = Number(jobId.split('-')[0])
    const ended = await recordAct(stores.database, { actor: 'ops', action: 'retry', itemId, detail: { jobId } })
    // Another operator, or the queue's keeping of only so many jobs, may have been faster.
    const isRetried = await job.retry('failed', { resetAttemptsMade: true }).then(() => true, isRefused)
    await ended(isRetried ? 'DONE' : 'REFUSED')
    return isRetried
  }
}

/** False for BullMQ's codes for a job that does not exist any more (-1), is being worked on (-2) or has not failed (-3). */
function isRefused(error: unknown): false {
  if (error instanceof Error && 'code' in error && [-1, -2, -3].includes(Number(error.code))) return false
  throw error
}
