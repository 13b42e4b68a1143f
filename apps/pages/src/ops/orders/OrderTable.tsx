import type { FoundOrder } from '@flash-sale/contract/order-list'
import { memo, useState } from 'react'
import { Link } from 'wouter'
import { Button } from '../../design/Button.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass, tableClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { linkClass, pathToItemOrders, pathToSale } from '../paths.ts'
import { paymentsWords } from '../payments/payments-words.ts'
import { RefundDialog } from '../payments/RefundDialog.tsx'
import { useOpsWords } from '../words.ts'
import { MoneyTold } from './MoneyTold.tsx'
import { OrderState } from './OrderState.tsx'
import { pathToBuyer } from './order-filter.ts'

/** Orders, the newest first. */
export function OrderTable({ orders }: { readonly orders: readonly FoundOrder[] }) {
  const { orders: words } = useOpsWords()
  const { columns } = words
  const { refund } = useWords(paymentsWords)
  const [refunded, setRefunded] = useState<FoundOrder | null>(null)
  const hasPaid = orders.some(isPaid)
  return (
    <>
      <ScrollBox label={words.title}>
        <table className={tableClass}>
          <thead>
            <tr>
              <th className={`${headClass} text-right`}>{columns.number}</th>
              <th className={headClass}>{columns.status}</th>
              <th className={headClass}>{columns.buyer}</th>
              <th className={headClass}>{columns.item}</th>
              <th className={`${headClass} text-right`}>{columns.quantity}</th>
              <th className={headClass}>{columns.accepted}</th>
              <th className={`${headClass} text-right`}>{columns.confirmed}</th>
              <th className={headClass}>{columns.order}</th>
              {hasPaid && <th aria-label={refund.name} />}
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <OrderRow key={order.orderId} order={order} hasPaid={hasPaid} onRefund={setRefunded} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {refunded && (
        <RefundDialog
          orderId={refunded.orderId}
          name={String(refunded.number ?? refunded.orderId)}
          onClose={() => setRefunded(null)}
        />
      )}
    </>
  )
}

function isPaid({ status }: FoundOrder): boolean {
  return status === 'paid'
}

interface OrderRowProps {
  readonly order: FoundOrder
  /** Some order of the table is paid, so that each row has a cell for the refund. */
  readonly hasPaid: boolean
  readonly onRefund: (order: FoundOrder) => void
}

const OrderRow = memo(function OrderRow({ order, hasPaid, onRefund }: OrderRowProps) {
  const { refund } = useWords(paymentsWords)
  const words = useOpsWords().orders
  const format = useFormat()
  const { orderId, buyer, itemId, itemName, saleId, quantity, status, number, acceptedAt, confirmedAt, reason } = order
  return (
    <tr className="border-t border-line">
      <th scope="row" className={`${cellClass} text-right font-semibold`}>
        {number ?? '–'}
      </th>
      <td className={cellClass}>
        <OrderState status={status} />
        {reason && <p className="text-small text-ink-soft">{reason}</p>}
        {order.money?.map((money) => (
          <MoneyTold key={money.paymentId} money={money} />
        ))}
      </td>
      <td className={`${cellClass} max-w-[16rem] min-w-24 wrap-anywhere`}>
        <Link href={pathToBuyer(buyer)} title={words.ofBuyer(buyer)} className={linkClass}>
          {buyer}
        </Link>
      </td>
      <td className={`${cellClass} max-w-[16rem] min-w-40 wrap-anywhere`}>
        <Link href={saleId === undefined ? pathToItemOrders(itemId) : pathToSale(saleId)} className={linkClass}>
          {itemName ?? itemId}
        </Link>
      </td>
      <td className={`${cellClass} text-right`}>{format.count(quantity)}</td>
      <td className={`${cellClass} whitespace-nowrap`}>
        <time dateTime={acceptedAt}>{format.dateTime(acceptedAt)}</time>
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap`}>
        {confirmedAt ? format.span(Math.max(0, Date.parse(confirmedAt) - Date.parse(acceptedAt))) : '–'}
      </td>
      <td className={`${cellClass} min-w-40 font-mono text-small`}>{orderId}</td>
      {hasPaid && (
        <td className={`${cellClass} text-right`}>
          {isPaid(order) && (
            <Button size="small" aria-label={`${refund.name} ${number ?? orderId}`} onClick={() => onRefund(order)}>
              {refund.name}
            </Button>
          )}
        </td>
      )}
    </tr>
  )
})
