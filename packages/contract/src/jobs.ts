import { Type, type Static } from 'typebox'
import { closedObject, idMax, idPattern, Moment } from './fields.ts'

/** A job announces an entry of an item's outbox, and is named after both. */
const JobId = Type.String({
  pattern: `^${idPattern}-[0-9]{1,10}-[0-9]{1,20}-[0-9]{1,20}$`,
  description: 'item-epoch-entry.',
})

export const JobParams = closedObject({ jobId: JobId })
export type JobParams = Static<typeof JobParams>

/** The queue's page lets operators add jobs of any name and content. */
const onlyOurs = 'Absent from a job that somebody added by hand and that announces nothing: it cannot be retried here.'

export const FailedJob = closedObject({
  jobId: Type.String({ description: 'item-epoch-entry, or any name if an operator added the job.' }),
  itemId: Type.Optional(Type.Integer({ minimum: 1, maximum: idMax, description: onlyOurs })),
  entryId: Type.Optional(
    Type.String({ description: `The entry of the item's outbox that the job announced. ${onlyOurs}` }),
  ),
  failedReason: Type.String(),
  attempts: Type.Integer({ minimum: 0, description: 'How often the job was tried.' }),
  failedAt: Moment,
})
export type FailedJob = Static<typeof FailedJob>

export const FailedJobs = closedObject(
  { jobs: Type.Array(FailedJob) },
  'Jobs that failed for good, the newest first, at most 100. Their orders are safe in the outbox, and are swept up by themselves.',
)
export type FailedJobs = Static<typeof FailedJobs>

export const RetriedJob = closedObject({ jobId: JobId }, 'The job waits again.')
export type RetriedJob = Static<typeof RetriedJob>

export const DiscardedJob = closedObject({ jobId: JobId }, 'The job is gone. Its orders are not: the sweep finds them.')
export type DiscardedJob = Static<typeof DiscardedJob>
