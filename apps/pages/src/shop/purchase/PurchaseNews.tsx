import type { OrderView } from '@flash-sale/contract/orders'
import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import type { Refusal } from './judge-answer.ts'
import type { PurchaseState } from './purchase.ts'
import { useOrderNow } from '../orders/use-followed-order.ts'
import { SecondsLeft } from '../sales/SecondsLeft.tsx'
import { shopWords } from '../words.ts'
import { waitingCause } from './waiting-cause.ts'

const refusedLooks: Record<Refusal, 'bad' | 'caution'> = {
  SOLD_OUT: 'bad',
  LIMIT_REACHED: 'caution',
  SALE_NOT_OPEN: 'caution',
  SALE_CLOSED: 'caution',
  SALE_PAUSED: 'caution',
  ITEM_NOT_FOUND: 'caution',
  NOT_UNDERSTOOD: 'caution',
}

interface PurchaseNewsProps {
  readonly state: PurchaseState
  /** The units that are left, if they are fewer than the buyer wants. */
  readonly leftCount: number | undefined
  readonly isSoldOut: boolean
  /** The buyer's own orders. */
  readonly orders: readonly OrderView[]
}

/** Tells the state of the purchase: sending, waiting, refused or stuck. */
export function PurchaseNews({ state, leftCount, isSoldOut, orders }: PurchaseNewsProps) {
  const words = useWords(shopWords)
  const format = useFormat()
  switch (state.kind) {
    case 'sending':
      return (
        <Notice kind="info" title={words.sending.title}>
          {state.isUnsure || state.sendingCount > 1 ? words.sending.again : words.sending.first}
        </Notice>
      )
    case 'waiting':
      return <WaitingNews state={state} />
    case 'stuck':
      return (
        <Notice kind="caution" title={words.stuck.title}>
          {state.isUnsure ? words.stuck.unsureAdvice : words.stuck.sureAdvice}
        </Notice>
      )
    case 'refused':
      return (
        <Notice kind={refusedLooks[state.refusal]} title={titleOfRefusal(state.refusal)}>
          {words.refused[state.refusal].advice}
          {state.orderIds && state.orderIds.length > 0 && (
            <span className="block text-small">
              {words.countedOrders}
              {state.orderIds.map((orderId) => (
                <CountedOrder
                  key={orderId}
                  orderId={orderId}
                  known={orders.find((order) => order.orderId === orderId)}
                />
              ))}
            </span>
          )}
        </Notice>
      )
    default:
      return null
  }

  function titleOfRefusal(refusal: Refusal): string {
    if (refusal !== 'SOLD_OUT' || isSoldOut) return words.refused[refusal].title
    return leftCount === undefined ? words.notEnoughLeft : words.onlyLeft(format.count(leftCount))
  }
}

interface CountedOrderProps {
  readonly orderId: string
  /** The order, if the page has read it. */
  readonly known: OrderView | undefined
}

/** An order by its number, as the list of orders shows it; by its id while the number is not known. */
function CountedOrder({ orderId, known }: CountedOrderProps) {
  return (
    <span className="block">
      {known ? <OrderNumber order={known} /> : <code className="font-mono break-all">{orderId}</code>}
    </span>
  )
}

function OrderNumber({ order }: { readonly order: OrderView }) {
  const words = useWords(shopWords).order
  const { number, orderId } = useOrderNow(order)
  return number === undefined ? orderId : words.number(String(number))
}

function WaitingNews({ state }: { readonly state: Extract<PurchaseState, { kind: 'waiting' }> }) {
  const words = useWords(shopWords).waiting
  const { title, advice } = words[waitingCause(state.reason, state.isUnsure)]
  return (
    <Notice
      kind={state.isUnsure ? 'caution' : 'info'}
      title={
        <span className="flex flex-wrap items-baseline justify-between gap-x-3">
          {title} <SecondsLeft untilMs={state.sendsAgainAtMs} />
        </span>
      }
    >
      {advice}
    </Notice>
  )
}
