import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { valueOf } from '../../server/problem.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ItemLink } from './ItemLink.tsx'
import { OpenQueue } from './OpenQueue.tsx'
import { QuarantinePanel } from './QuarantinePanel.tsx'
import { RetryDialog } from './RetryDialog.tsx'

const refreshEveryMs = 5_000

/** Lists the jobs that failed for good and what lies in quarantine, and opens the queue's own page. */
export function JobsPage() {
  const words = useOpsWords().jobs
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-title font-semibold">{words.title}</h1>
        <OpenQueue />
      </div>
      <FailedJobsPanel />
      <QuarantinePanel />
    </div>
  )
}

function FailedJobsPanel() {
  const { jobs: words, acts } = useOpsWords()
  const { columns } = words
  const format = useFormat()
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<string | null>(null)
  const failed = useQuery({
    queryKey: ['ops', 'lists', 'jobs'],
    queryFn: () => valueOf(client.listFailedJobs()),
    refetchInterval: refreshEveryMs,
  })
  return (
    <>
      <ListPanel
        title={words.failed}
        empty={{ icon: 'check', title: words.none, advice: words.noneAdvice }}
        read={failed}
        rows={failed.data?.jobs ?? []}
        nameOf={({ jobId }) => jobId}
        keyOf={({ jobId }) => jobId}
        columns={[
          { name: columns.job, renderCell: ({ jobId }) => jobId, className: 'font-mono text-small whitespace-nowrap' },
          {
            name: columns.item,
            renderCell: ({ itemId }) => (itemId === undefined ? words.noItem : <ItemLink itemId={itemId} />),
          },
          { name: columns.reason, renderCell: ({ failedReason }) => failedReason, className: 'min-w-64' },
          { name: columns.attempts, renderCell: ({ attempts }) => format.count(attempts), className: 'text-right' },
          {
            name: columns.failedAt,
            renderCell: ({ failedAt }) => format.dateTime(failedAt),
            className: 'whitespace-nowrap',
          },
        ]}
        acts={[
          {
            name: acts.retry.name,
            onAct: ({ jobId }) => setAsked(jobId),
            isOffered: ({ itemId }) => itemId !== undefined,
          },
        ]}
      />
      {asked !== null && <RetryDialog jobId={asked} onClose={() => setAsked(null)} />}
    </>
  )
}
