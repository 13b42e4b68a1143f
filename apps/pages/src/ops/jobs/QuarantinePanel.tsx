import type { Quarantined } from '@flash-sale/contract/quarantine'
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
import { DiscardQuarantinedDialog, ReplayDialog } from './QuarantineDialogs.tsx'

const refreshEveryMs = 5_000
/** The newest; what is worked off makes room for older ones. */
const shownCountMax = '100'

interface Asked {
  readonly act: 'replay' | 'discard'
  readonly of: Quarantined
}

/** Accepted orders that Postgres refused, and outbox entries that are none of ours. */
export function QuarantinePanel() {
  const words = useOpsWords().quarantine
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<Asked | null>(null)
  const found = useQuery({
    queryKey: ['ops', 'lists', 'quarantine'],
    queryFn: () => valueOf(client.listQuarantine({ limit: shownCountMax })),
    refetchInterval: refreshEveryMs,
  })
  const onClose = () => setAsked(null)
  return (
    <Panel title={words.title}>
      {found.isPending && <Loading />}
      {found.isError && <ReadProblem problem={problemOfError(found.error)} onRetry={() => void found.refetch()} />}
      {found.data?.quarantined.length === 0 && (
        <Empty icon="check" title={words.none}>
          {words.noneAdvice}
        </Empty>
      )}
      {found.data && found.data.quarantined.length > 0 && (
        <QuarantineTable quarantined={found.data.quarantined} onAsk={setAsked} />
      )}
      {asked?.act === 'replay' && <ReplayDialog of={asked.of} onClose={onClose} />}
      {asked?.act === 'discard' && <DiscardQuarantinedDialog of={asked.of} onClose={onClose} />}
    </Panel>
  )
}

interface QuarantineTableProps {
  readonly quarantined: readonly Quarantined[]
  readonly onAsk: (asked: Asked) => void
}

function QuarantineTable({ quarantined, onAsk }: QuarantineTableProps) {
  const { quarantine: words, acts } = useOpsWords()
  const format = useFormat()
  return (
    <ScrollBox label={words.title}>
      <table className="w-full">
        <thead>
          <tr>
            <th className={headClass}>{words.columns.name}</th>
            <th className={headClass}>{words.columns.item}</th>
            <th className={headClass}>{words.columns.why}</th>
            <th className={headClass}>{words.columns.content}</th>
            <th className={headClass}>{words.columns.at}</th>
            <th aria-label={`${acts.replay.name}, ${acts.discard.name}`} />
          </tr>
        </thead>
        <tbody>
          {quarantined.map((each) => (
            <tr key={each.quarantineId} className="border-t border-line">
              <th scope="row" className={`${cellClass} text-left font-mono text-small font-normal whitespace-nowrap`}>
                {each.name}
              </th>
              <td className={cellClass}>{each.itemId}</td>
              <td className={`${cellClass} min-w-64`}>{each.why}</td>
              <td className={`${cellClass} min-w-64 font-mono text-small break-all`}>{each.content}</td>
              <td className={`${cellClass} whitespace-nowrap`}>{format.dateTime(each.quarantinedAt)}</td>
              <td className={`${cellClass} text-right whitespace-nowrap`}>
                {(['replay', 'discard'] as const).map((act) => (
                  <Button
                    key={act}
                    size="small"
                    aria-label={`${acts[act].name} ${each.name}`}
                    onClick={() => onAsk({ act, of: each })}
                  >
                    {acts[act].name}
                  </Button>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
