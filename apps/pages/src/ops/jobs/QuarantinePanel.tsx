import type { Quarantined } from '@flash-sale/contract/quarantine'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { valueOf } from '../../server/problem.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ItemLink } from './ItemLink.tsx'
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
  const { quarantine: words, acts } = useOpsWords()
  const { columns } = words
  const format = useFormat()
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<Asked | null>(null)
  const found = useQuery({
    queryKey: ['ops', 'lists', 'quarantine'],
    queryFn: () => valueOf(client.listQuarantine({ limit: shownCountMax })),
    refetchInterval: refreshEveryMs,
  })
  const onClose = () => setAsked(null)
  return (
    <>
      <ListPanel
        title={words.title}
        empty={{ icon: 'check', title: words.none, advice: words.noneAdvice }}
        read={found}
        rows={found.data?.quarantined ?? []}
        nameOf={({ name }) => name}
        keyOf={({ quarantineId }) => quarantineId}
        columns={[
          { name: columns.name, renderCell: ({ name }) => name, className: 'min-w-40 font-mono text-small' },
          { name: columns.item, renderCell: ({ itemId }) => <ItemLink itemId={itemId} /> },
          { name: columns.why, renderCell: ({ why }) => why, className: 'min-w-64' },
          {
            name: columns.content,
            renderCell: ({ content }) => content,
            className: 'min-w-64 font-mono text-small break-all',
          },
          {
            name: columns.at,
            renderCell: ({ quarantinedAt }) => format.dateTime(quarantinedAt),
            className: 'whitespace-nowrap',
          },
        ]}
        acts={(['replay', 'discard'] as const).map((act) => ({
          name: acts[act].name,
          onAct: (of: Quarantined) => setAsked({ act, of }),
        }))}
      />
      {asked?.act === 'replay' && <ReplayDialog of={asked.of} onClose={onClose} />}
      {asked?.act === 'discard' && <DiscardQuarantinedDialog of={asked.of} onClose={onClose} />}
    </>
  )
}
