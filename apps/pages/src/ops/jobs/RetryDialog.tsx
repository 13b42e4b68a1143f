import type { RetriedJob } from '@flash-sale/contract/jobs'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'

export interface RetryDialogProps {
  readonly jobId: string
  readonly onClose: () => void
}

/** Puts a failed job back into the queue. */
export function RetryDialog({ jobId, onClose }: RetryDialogProps) {
  const words = useOpsWords().acts.retry
  const { client } = useOpsSession()
  return (
    <ActDialog<RetriedJob>
      title={words.title(jobId)}
      about={words.about}
      name={words.name}
      perform={(key) => client.retryJob(jobId, key)}
      did={(job) => words.did(job.jobId)}
      onClose={onClose}
    />
  )
}
