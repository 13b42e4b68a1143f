import type { PaymentView } from '@flash-sale/contract/payments'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { valueOf } from '../../server/problem.ts'
import { refreshFirstPage } from '../lists/refresh-first-page.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { pathToBuyer } from '../orders/order-filter.ts'
import { linkClass } from '../paths.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { Standing } from '../Standing.tsx'
import { OrderLink } from './OrderLink.tsx'
import { paymentStanding, standingLooks } from './payment-standing.ts'
import { paymentsWords } from './payments-words.ts'
import { RefundDialog } from './RefundDialog.tsx'
import { RefundsPanel } from './RefundsPanel.tsx'
import { UnknownMoneyPanel } from './UnknownMoneyPanel.tsx'
import { useReasonName } from './use-reason-name.ts'

/** Lists the refunds, which may need somebody, and the payments. */
export function PaymentsPage() {
  const words = useWords(paymentsWords)
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div>
        <h1 className="text-title font-semibold">{words.title}</h1>
        <p className="text-ink-soft">{words.lead}</p>
      </div>
      <UnknownMoneyPanel />
      <RefundsPanel />
      <PaymentsPanel />
    </div>
  )
}

const pageSize = '50'

function PaymentsPanel() {
  const words = useWords(paymentsWords)
  const { columns } = words
  const format = useFormat()
  const reasonName = useReasonName()
  const { client } = useOpsSession()
  const [asked, setAsked] = useState<string | null>(null)
  const found = useInfiniteQuery({
    queryKey: ['ops', 'lists', 'payments'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(client.listPayments({ limit: pageSize, ...(pageParam && { cursor: pageParam }) })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: refreshFirstPage,
  })
  return (
    <>
      <ListPanel<PaymentView>
        title={words.payments}
        empty={{ icon: 'box', title: words.none, advice: words.noneAdvice }}
        read={found}
        rows={found.data?.pages.flatMap((page) => page.payments) ?? []}
        nameOf={({ orderId, paidOrderId = orderId }) => paidOrderId}
        keyOf={({ paymentId }) => paymentId}
        columns={[
          {
            name: columns.state,
            renderCell: ({ fault, ...payment }) => (
              <>
                <PaymentState payment={payment} />
                {fault && <span className="block text-small text-ink-soft">{reasonName(fault)}</span>}
              </>
            ),
            className: 'min-w-36',
          },
          {
            name: columns.amount,
            renderCell: ({ amount, currency }) => format.price(amount, currency),
            className: 'text-right whitespace-nowrap',
          },
          {
            name: columns.buyer,
            renderCell: ({ buyer }) => (
              <Link href={pathToBuyer(buyer)} className={linkClass}>
                {buyer}
              </Link>
            ),
            className: 'max-w-[16rem] min-w-24 break-words',
          },
          { name: columns.provider, renderCell: ({ provider }) => provider },
          {
            name: columns.begunAt,
            renderCell: ({ begunAt }) => format.dateTime(begunAt),
            className: 'whitespace-nowrap',
          },
          {
            name: columns.order,
            renderCell: ({ orderId, paidOrderId = orderId }) => <OrderLink orderId={paidOrderId} />,
          },
        ]}
        acts={[
          {
            name: words.refund.name,
            onAct: ({ orderId, paidOrderId = orderId }) => setAsked(paidOrderId),
            isOffered: ({ state }) => state === 'paid',
          },
        ]}
      />
      {asked !== null && <RefundDialog orderId={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

function PaymentState({ payment }: { readonly payment: Pick<PaymentView, 'state' | 'refundState'> }) {
  const words = useWords(paymentsWords)
  const standing = paymentStanding(payment)
  return <Standing look={standingLooks[standing]}>{words.states[standing]}</Standing>
}
