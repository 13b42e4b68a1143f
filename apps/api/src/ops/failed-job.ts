import type { ApiContext } from '../api-context.ts'

type Queue = ApiContext['queue']
type FoundJob = Awaited<ReturnType<Queue['getJob']>>

/** The failed job of this id; undefined if there is none, or if it is not failed. */
export async function findFailedJob(queue: Queue, jobId: string): Promise<FoundJob> {
  const job = await queue.getJob(jobId)
  return job && (await job.isFailed()) ? job : undefined
}
