import type { OrderView } from '@flash-sale/contract/orders'
import { useQueryClient } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'
import { laterReading } from './order-lists.ts'

interface UnpaidOrderProps {
  readonly session: ShopSession
  readonly order: OrderView
}

/** For an order that has to be paid: the time that is left, and a button that cancels the order once the buyer has confirmed that. */
export function UnpaidOrder({ session, order }: UnpaidOrderProps) {
  const words = useWords(shopWords).unpaid
  const queries = useQueryClient()
  const [step, setStep] = useState<'shown' | 'asking' | 'cancelling' | 'failed'>('shown')
  const { orderId, payBy } = order

  async function cancel(): Promise<void> {
    setStep('cancelling')
    const outcome = await session.client.cancelOrder(orderId)
    if (!outcome.ok) return setStep('failed')
    queries.setQueryData<OrderView>(['order', orderId], (known) => laterReading(known, outcome.value))
  }

  return (
    <>
      {payBy !== undefined && <TimeLeft payBy={payBy} />}
      {step === 'shown' || step === 'failed' ? (
        <Button size="small" kind="quiet" onClick={() => setStep('asking')}>
          {words.cancel}
        </Button>
      ) : (
        <>
          <Button size="small" kind="danger" busy={step === 'cancelling'} onClick={() => void cancel()}>
            {words.cancelForGood}
          </Button>
          <Button size="small" disabled={step === 'cancelling'} onClick={() => setStep('shown')}>
            {words.keep}
          </Button>
        </>
      )}
      {step === 'failed' && (
        <p role="status" className="w-full text-small text-caution">
          {words.failed}
        </p>
      )}
    </>
  )
}

/** Counts down. Screen readers read the time of day instead, or they would read each second. */
function TimeLeft({ payBy }: { readonly payBy: string }) {
  const words = useWords(shopWords).unpaid
  const format = useFormat()
  const secondsLeft = useSyncExternalStore(lookOften, () => Math.ceil((Date.parse(payBy) - serverClock.now()) / 1_000))
  return (
    <p className="me-auto self-center text-small text-ink-soft">
      <time dateTime={payBy} aria-label={format.dateTime(payBy)}>
        {secondsLeft > 0 ? words.timeLeft(format.countdown(secondsLeft * 1_000)) : words.timeIsOver}
      </time>
    </p>
  )
}

function lookOften(onLook: () => void): () => void {
  const timer = setInterval(onLook, 500)
  return () => clearInterval(timer)
}
