import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import type { ReactNode } from 'react'
import { CopyButton } from '../../design/CopyButton.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'

interface ReceiptProps {
  readonly order: OrderView
  readonly item: ItemView
}

/** What a buyer keeps of an order: the total, the id, and when it was taken. */
export function Receipt({ order, item }: ReceiptProps) {
  const words = useWords(shopWords).receipt
  const format = useFormat()
  const { orderId, quantity, acceptedAt } = order
  return (
    <dl className="mt-1.5 flex flex-col gap-1 text-small">
      <Row name={words.total}>
        <span className="font-semibold text-ink">{format.price(item.priceCents * quantity, item.currency)}</span>
      </Row>
      <Row name={words.at}>
        <time dateTime={acceptedAt}>{format.dateTime(acceptedAt)}</time>
      </Row>
      <Row name={words.id}>
        <code className="font-mono break-all select-all">{orderId}</code>{' '}
        <CopyButton text={orderId} label={words.copyId} />
      </Row>
    </dl>
  )
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      <dt>{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}
