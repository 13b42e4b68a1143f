import type { RefundView } from '@flash-sale/contract/payments'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { valueOf } from '../../server/problem.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { refreshFirstPage } from '../lists/refresh-first-page.ts'
import { pathToBuyer } from '../orders/order-filter.ts'
import { linkClass } from '../paths.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { Standing } from '../Standing.tsx'
import { OrderLink } from './OrderLink.tsx'
import { refundLooks } from './payment-standing.ts'
import { paymentsWords } from './payments-words.ts'
import { useReasonName } from './use-reason-name.ts'

const pageSize = '50'

/** Money that goes back, or only that which could not be given back yet. */
export function RefundsPanel() {
  const { refunds: words } = useWords(paymentsWords)
  const { columns } = words
  const format = useFormat()
  const reasonName = useReasonName()
  const { client } = useOpsSession()
  const [address, setAddress] = useSearchParams()
  const isFailingOnly = address.get('refunds') === 'failing'
  const found = useInfiniteQuery({
    queryKey: ['ops', 'lists', 'refunds', isFailingOnly],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(
        client.listRefunds({
          limit: pageSize,
          ...(isFailingOnly && { state: 'failing' }),
          ...(pageParam && { cursor: pageParam }),
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: refreshFirstPage,
  })
  const [none, advice] = isFailingOnly ? [words.noneFailing, words.noneFailingAdvice] : [words.none, words.noneAdvice]
  return (
    <ListPanel<RefundView>
      title={words.title}
      actions={
        <div role="group" aria-label={words.shown} className="flex gap-1">
          {([false, true] as const).map((isFailing) => (
            <Button
              key={String(isFailing)}
              size="small"
              aria-pressed={isFailing === isFailingOnly}
              kind={isFailing === isFailingOnly ? 'plain' : 'quiet'}
              onClick={() => setAddress(isFailing ? { refunds: 'failing' } : {})}
            >
              {isFailing ? words.failing : words.all}
            </Button>
          ))}
        </div>
      }
      empty={{ icon: 'check', title: none, advice }}
      read={found}
      rows={found.data?.pages.flatMap((page) => page.refunds) ?? []}
      nameOf={({ orderId }) => orderId}
      keyOf={({ refundId }) => refundId}
      columns={[
        {
          name: columns.state,
          renderCell: ({ state, attempts, lastError, nextTryAt }) => (
            <>
              <Standing look={refundLooks[state]}>{words.states[state]}</Standing>
              {state === 'failing' && (
                <span className="block text-small text-ink-soft">
                  {words.tries(format.count(attempts))} {nextTryAt && words.nextTry(format.time(nextTryAt))}{' '}
                  <span lang="en">{lastError}</span>
                </span>
              )}
            </>
          ),
          className: 'min-w-48',
        },
        {
          name: columns.amount,
          renderCell: ({ amount, currency }) => format.price(amount, currency),
          className: 'text-right whitespace-nowrap',
        },
        { name: columns.why, renderCell: ({ reason }) => reasonName(reason), className: 'min-w-32' },
        {
          name: columns.buyer,
          renderCell: ({ buyer }) => (
            <Link href={pathToBuyer(buyer)} className={linkClass}>
              {buyer}
            </Link>
          ),
          className: 'max-w-[16rem] min-w-24 break-words',
        },
        {
          name: columns.createdAt,
          renderCell: ({ createdAt }) => format.dateTime(createdAt),
          className: 'whitespace-nowrap',
        },
        {
          name: columns.doneAt,
          renderCell: ({ doneAt }) => (doneAt ? format.dateTime(doneAt) : '–'),
          className: 'whitespace-nowrap',
        },
        { name: columns.order, renderCell: ({ orderId }) => <OrderLink orderId={orderId} /> },
      ]}
    />
  )
}
