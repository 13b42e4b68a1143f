import type { FailedJob } from '@flash-sale/contract/jobs'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../design/Button.tsx'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { OpenQueue } from './OpenQueue.tsx'
import { QuarantinePanel } from './QuarantinePanel.tsx'
import { RetryDialog } from './RetryDialog.tsx'

const refreshEveryMs = 5_000

/** Lists the jobs that failed for good and what lies in quarantine, and opens the queue's own page. */
export function JobsPage() {
  const words = useOpsWords().jobs
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<string | null>(null)
  const failed = useQuery({
    queryKey: ['ops', 'lists', 'jobs'],
    queryFn: () => valueOf(client.listFailedJobs()),
    refetchInterval: refreshEveryMs,
  })
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-title font-semibold">{words.title}</h1>
        <OpenQueue />
      </div>
      <Panel title={words.failed}>
        {failed.isPending && <Loading />}
        {failed.isError && <ReadProblem problem={problemOfError(failed.error)} onRetry={() => void failed.refetch()} />}
        {failed.data?.jobs.length === 0 && (
          <Empty icon="check" title={words.none}>
            {words.noneAdvice}
          </Empty>
        )}
        {failed.data && failed.data.jobs.length > 0 && <JobTable jobs={failed.data.jobs} onRetry={setAsked} />}
      </Panel>
      <QuarantinePanel />
      {asked !== null && <RetryDialog jobId={asked} onClose={() => setAsked(null)} />}
    </div>
  )
}

interface JobTableProps {
  readonly jobs: readonly FailedJob[]
  readonly onRetry: (jobId: string) => void
}

function JobTable({ jobs, onRetry }: JobTableProps) {
  const { jobs: words, acts } = useOpsWords()
  const format = useFormat()
  return (
    <ScrollBox label={words.failed}>
      <table className="w-full">
        <thead>
          <tr>
            <th className={headClass}>{words.columns.job}</th>
            <th className={headClass}>{words.columns.item}</th>
            <th className={headClass}>{words.columns.reason}</th>
            <th className={`${headClass} text-right`}>{words.columns.attempts}</th>
            <th className={headClass}>{words.columns.failedAt}</th>
            <th aria-label={acts.retry.name} />
          </tr>
        </thead>
        <tbody>
          {jobs.map(({ jobId, itemId, failedReason, attempts, failedAt }) => (
            <tr key={jobId} className="border-t border-line">
              <th scope="row" className={`${cellClass} text-left font-mono text-small font-normal whitespace-nowrap`}>
                {jobId}
              </th>
              <td className={cellClass}>{itemId ?? words.noItem}</td>
              <td className={`${cellClass} min-w-64`}>{failedReason}</td>
              <td className={`${cellClass} text-right`}>{format.count(attempts)}</td>
              <td className={`${cellClass} whitespace-nowrap`}>{format.dateTime(failedAt)}</td>
              <td className={`${cellClass} text-right`}>
                {itemId !== undefined && (
                  <Button size="small" aria-label={`${acts.retry.name} ${jobId}`} onClick={() => onRetry(jobId)}>
                    {acts.retry.name}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
