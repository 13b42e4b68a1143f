import type { DeadLetter, WebhookEndpoint } from '@flash-sale/contract/webhooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { valueOf } from '../../server/problem.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { FailureText } from './FailureText.tsx'
import { LetterDialog, type LetterAct } from './WebhookDialogs.tsx'
import { webhooksWords } from './webhooks-words.ts'

const refreshEveryMs = 5_000
/** The newest; what is worked off makes room for older ones. */
const shownCountMax = '100'

/** Events that endpoints refused for good. */
export function DeadLettersPanel({ endpoints }: { readonly endpoints: readonly WebhookEndpoint[] }) {
  const { letters: words, acts } = useWords(webhooksWords)
  const { columns } = words
  const format = useFormat()
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<{ act: LetterAct; of: DeadLetter } | null>(null)
  const found = useQuery({
    queryKey: ['ops', 'lists', 'dead-letters'],
    queryFn: () => valueOf(client.listDeadLetters({ limit: shownCountMax })),
    refetchInterval: refreshEveryMs,
  })
  const urlOf = (id: number) => endpoints.find(({ endpointId }) => endpointId === id)?.url ?? id
  return (
    <>
      <ListPanel<DeadLetter>
        title={words.title}
        empty={{ icon: 'check', title: words.none, advice: words.noneAdvice }}
        read={found}
        rows={found.data?.deadLetters ?? []}
        nameOf={({ eventId }) => eventId}
        keyOf={({ deadLetterId }) => deadLetterId}
        columns={[
          {
            name: columns.event,
            renderCell: ({ eventId }) => eventId,
            className: 'min-w-56 font-mono text-small break-all',
          },
          {
            name: columns.endpoint,
            renderCell: ({ endpointId }) => urlOf(endpointId),
            className: 'min-w-48 break-all',
          },
          {
            name: columns.why,
            renderCell: ({ failure, isReplayed }) => (
              <>
                <FailureText failure={failure} />
                {isReplayed && <span className="block text-small text-ink-soft">{words.isReplayed}</span>}
              </>
            ),
            className: 'min-w-48',
          },
          { name: columns.tries, renderCell: ({ tries }) => format.count(tries), className: 'text-right' },
          { name: columns.at, renderCell: ({ diedAt }) => format.dateTime(diedAt), className: 'whitespace-nowrap' },
        ]}
        acts={(['replay', 'discard'] as const).map((act) => ({
          name: acts[act].name,
          onAct: (of: DeadLetter) => setAsked({ act, of }),
        }))}
      />
      {asked && <LetterDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  )
}
