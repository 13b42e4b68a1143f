import type { ItemAudit } from '@flash-sale/contract/ops'
import { useQuery } from '@tanstack/react-query'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { ProblemNotice } from '../ProblemNotice.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import type { ItemActDialogProps } from './ActDialog.tsx'

const parts = ['available', 'outboxUnits', 'activeUnits', 'returningUnits'] as const
const sums = [...parts, 'total'] as const
const faults = ['oversold', 'undersold', 'duplicates', 'limitBreaches', 'drift'] as const

/** Counts the item's units in Redis and in Postgres, and shows whether they add up. */
export function CountDialog({ item, onClose, onRebuild }: ItemActDialogProps) {
  const words = useOpsWords().acts
  const { client } = useOpsSession()
  const count = useQuery({
    queryKey: ['ops', 'count', item.itemId],
    queryFn: () => valueOf(client.auditItem(item.itemId)),
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Dialog title={words.count.title(item.name)} onClose={onClose}>
      <p className="text-ink-soft">{words.count.about}</p>
      {count.isPending && <Loading />}
      {count.isError && <ProblemNotice problem={problemOfError(count.error)} />}
      {count.isSuccess && <Counted audit={count.data} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="quiet" onClick={onRebuild}>
          {words.rebuild.open}
        </Button>
        <Button busy={count.isFetching} onClick={() => void count.refetch()}>
          {words.count.again}
        </Button>
      </div>
    </Dialog>
  )
}

function Counted({ audit }: { readonly audit: ItemAudit }) {
  const words = useOpsWords().acts.count
  const format = useFormat()
  return (
    <>
      <Notice
        kind={audit.balanced ? 'good' : 'bad'}
        role="status"
        title={audit.balanced ? words.balanced : words.broken}
      >
        {parts.map((part) => format.count(audit[part])).join(' + ')} ={' '}
        {format.count(parts.reduce((units, part) => units + audit[part], 0))}
      </Notice>
      <dl className="grid gap-x-8 sm:grid-cols-2">
        {[...sums, 'rows' as const, ...faults, 'epoch' as const].map((name) => (
          <div key={name} className="flex justify-between gap-4 border-b border-line py-1.5">
            <dt className="text-ink-soft">{words[name]}</dt>
            <dd className="font-semibold whitespace-nowrap">{format.count(audit[name] ?? 0)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
