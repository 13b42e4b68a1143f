import type { ResolvedUnknownMoney, UnknownMoney } from '@flash-sale/contract/payments'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { valueOf } from '../../server/problem.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { ListPanel } from '../lists/ListPanel.tsx'
import { refreshFirstPage } from '../lists/refresh-first-page.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { paymentsWords } from './payments-words.ts'

const pageSize = '50'

/** Money that came for no payment of ours, until an operator says what became of it. Nothing is shown while there is none. */
export function UnknownMoneyPanel() {
  const { unknown: words } = useWords(paymentsWords)
  const { columns } = words
  const format = useFormat()
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<UnknownMoney | null>(null)
  const found = useInfiniteQuery({
    queryKey: ['ops', 'lists', 'unknown-money'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(client.listUnknownMoney({ limit: pageSize, ...(pageParam && { cursor: pageParam }) })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: refreshFirstPage,
  })
  const rows = found.data?.pages.flatMap((page) => page.unknownMoney) ?? []
  return (
    <>
      {(rows.length > 0 || found.isError) && (
        <ListPanel<UnknownMoney>
          title={words.title}
          empty={{ icon: 'check', title: words.none, advice: words.about }}
          read={found}
          rows={rows}
          nameOf={({ eventId }) => eventId}
          keyOf={({ unknownMoneyId }) => unknownMoneyId}
          columns={[
            {
              name: columns.event,
              renderCell: ({ eventId }) => eventId,
              className: 'min-w-56 font-mono text-small break-all',
            },
            {
              name: columns.amount,
              renderCell: ({ amount, currency }) => format.price(amount, currency),
              className: 'text-right whitespace-nowrap',
            },
            { name: columns.provider, renderCell: ({ provider }) => provider },
            {
              name: columns.receivedAt,
              renderCell: ({ receivedAt }) => format.dateTime(receivedAt),
              className: 'whitespace-nowrap',
            },
          ]}
          acts={[{ name: words.resolve.name, onAct: setAsked }]}
        />
      )}
      {asked && <ResolveDialog of={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

/** Asks what became of the money. The answer goes into the audit trail. */
function ResolveDialog({ of, onClose }: { readonly of: UnknownMoney; readonly onClose: () => void }) {
  const words = useWords(paymentsWords).unknown.resolve
  const { client } = useOpsSession()
  const format = useFormat()
  return (
    <ActDialog<ResolvedUnknownMoney>
      title={words.title(format.price(of.amount, of.currency))}
      about={words.about}
      name={words.name}
      takesReason="required"
      perform={({ idempotencyKey, reason = '' }) =>
        client.resolveUnknownMoney(of.unknownMoneyId, { idempotencyKey, reason })
      }
      did={() => words.did}
      onClose={onClose}
    />
  )
}
