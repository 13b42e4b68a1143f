import { Id } from '@flash-sale/contract/fields'
import { FailedJobs, JobParams, type FailedJob } from '@flash-sale/contract/jobs'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { opsAnswer } from './ops-answer.ts'

const schema = {
  operationId: 'listFailedJobs',
  summary: 'List the jobs that failed for good, newest first',
  description: 'Their orders are safe in the outbox, where the sweep finds them. A retry is only faster.',
  tags: ['ops'],
  security: [{ ops: [] }],
  response: { 200: FailedJobs, ...problemAnswers('UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE') },
}

const jobCountMax = 100

type QueuedJob = Awaited<ReturnType<ApiContext['queue']['getFailed']>>[number]

/** GET /v1/ops/jobs/failed */
export function failedJobsRoute(app: Api, { queue }: ApiContext): void {
  app.get('/v1/ops/jobs/failed', { schema }, async (_request, reply) => {
    const jobs = await opsAnswer(queue.getFailed(0, jobCountMax - 1))
    return reply.send({ jobs: jobs.filter(isThere).map(viewOfJob) })
  })
}

/** A job may be removed while the list is read. */
function isThere(job: QueuedJob | undefined): job is QueuedJob & { id: string } {
  return job?.id !== undefined
}

function viewOfJob(job: QueuedJob & { id: string }): FailedJob {
  return {
    jobId: job.id,
    ...announcedBy(job),
    failedReason: job.failedReason,
    attempts: job.attemptsMade,
    failedAt: new Date(job.finishedOn ?? job.timestamp).toISOString(),
  }
}

const Announcement = Type.Object({ itemId: Id, entryId: Type.String() })

/** Operators can add jobs of any shape on the queue's page, even without data. */
function announcedBy({ id, data }: QueuedJob): Pick<FailedJob, 'itemId' | 'entryId'> {
  const isOurs = Value.Check(JobParams, { jobId: id }) && Value.Check(Announcement, data)
  return isOurs ? { itemId: data.itemId, entryId: data.entryId } : {}
}
