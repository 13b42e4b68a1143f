import type { OrderView } from '@flash-sale/contract/orders'
import type { ReactNode } from 'react'
import { Notice, type NoticeKind } from '../design/Notice.tsx'
import { useWords } from '../language/words.ts'
import type { Offer } from './offer.ts'
import { OrderNews } from './OrderNews.tsx'
import type { PurchaseState } from './purchase.ts'
import type { ShopSession } from './shop-session.ts'
import { SecondsLeft } from './SecondsLeft.tsx'
import { shopWords } from './words.ts'

interface BuyStatusProps {
  readonly id: string
  readonly state: PurchaseState
  readonly offer: Offer
  readonly session: ShopSession | null | undefined
  /** The buyer's last order of the item. */
  readonly lastOrder: OrderView | undefined
}

/** What became of the press, in words. It has its room from the start, so that nothing moves when it speaks. */
export function BuyStatus({ id, state, offer, session, lastOrder }: BuyStatusProps) {
  const words = useWords(shopWords)
  const hint = offer === 'SENDING' || offer === 'WAITING' || offer === 'ASK_AGAIN' ? undefined : words.ready[offer]
  const news = <PurchaseNews state={state} />
  const isQuiet = state.kind === 'ready' || state.kind === 'signedOut'
  return (
    <div id={id} role="status" className="min-h-32">
      {!isQuiet && news}
      {isQuiet && session && lastOrder && <OrderNews key={lastOrder.orderId} session={session} order={lastOrder} />}
      {isQuiet && !lastOrder && <p className="px-1 text-center text-small text-balance text-ink-soft">{hint}</p>}
    </div>
  )
}

function PurchaseNews({ state }: { readonly state: PurchaseState }) {
  const words = useWords(shopWords)
  switch (state.kind) {
    case 'sending':
      return (
        <News kind="info" title={words.sending.title}>
          {state.isUnsure || state.sendingCount > 1 ? words.sending.again : words.sending.first}
        </News>
      )
    case 'waiting':
      return <WaitingNews state={state} />
    case 'stuck':
      return (
        <News kind="caution" title={words.stuck.title}>
          {state.isUnsure ? words.stuck.unsureAdvice : words.stuck.sureAdvice}
        </News>
      )
    case 'refused': {
      const { title, advice } = words.refused[state.refusal]
      return (
        <News kind={state.refusal === 'SOLD_OUT' ? 'bad' : 'caution'} title={title}>
          {advice}
        </News>
      )
    }
    case 'ready':
    case 'signedOut':
      return null
  }
}

function WaitingNews({ state }: { readonly state: Extract<PurchaseState, { kind: 'waiting' }> }) {
  const words = useWords(shopWords).waiting
  const [title, advice] = state.isUnsure
    ? [words.unsure, words.unsureAdvice]
    : state.reason === 'NOT_QUITE_OPEN'
      ? [words.notQuiteOpen, words.notQuiteOpenAdvice]
      : [words.busy, words.busyAdvice]
  return (
    <News kind={state.isUnsure ? 'caution' : 'info'} title={title}>
      {advice} <SecondsLeft untilMs={state.sendsAgainAtMs} />
    </News>
  )
}

function News({
  kind,
  title,
  children,
}: {
  readonly kind: NoticeKind
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <Notice kind={kind} title={title}>
      {children}
    </Notice>
  )
}
