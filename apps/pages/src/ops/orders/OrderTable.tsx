import type { FoundOrder } from '@flash-sale/contract/order-list'
import { memo } from 'react'
import { Link } from 'wouter'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { linkClass, pathToItemOrders, pathToSale } from '../paths.ts'
import { useOpsWords } from '../words.ts'
import { OrderState } from './OrderState.tsx'
import { pathToBuyer } from './order-filter.ts'

/** Orders, the newest first. */
export function OrderTable({ orders }: { readonly orders: readonly FoundOrder[] }) {
  const { orders: words } = useOpsWords()
  const { columns } = words
  return (
    <ScrollBox label={words.title}>
      <table className="w-full">
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
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <OrderRow key={order.orderId} order={order} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

const OrderRow = memo(function OrderRow({ order }: { readonly order: FoundOrder }) {
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
      </td>
      <td className={`${cellClass} max-w-[16rem] min-w-24`}>
        <Link href={pathToBuyer(buyer)} title={words.ofBuyer(buyer)} className={linkClass}>
          {buyer}
        </Link>
      </td>
      <td className={`${cellClass} max-w-[16rem] min-w-24`}>
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
      <td className={`${cellClass} font-mono text-small whitespace-nowrap`}>{orderId}</td>
    </tr>
  )
})
