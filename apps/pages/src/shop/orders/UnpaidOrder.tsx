import type { OrderView } from '@flash-sale/contract/orders'
import { useQueryClient } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { isPassing, type AnyProblem } from '../../server/problem.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'
import { laterReading } from './order-lists.ts'
import { PayButton } from './PayButton.tsx'

interface UnpaidOrderProps {
  readonly session: ShopSession
  readonly order: OrderView
}

/** For an order that has to be paid: the time that is left, and a button that cancels the order once the buyer has confirmed that. */
export function UnpaidOrder({ session, order }: UnpaidOrderProps) {
  const words = useWords(shopWords).unpaid
  const nameOf = useWords(problemNames)
  const queries = useQueryClient()
  const [step, setStep] = useState<'shown' | 'asking' | 'cancelling' | AnyProblem>('shown')
  const problem = typeof step === 'object' ? step : undefined
  const { orderId, payBy } = order

  async function cancel(): Promise<void> {
    setStep('cancelling')
    const outcome = await session.client.cancelOrder(orderId)
    if (!outcome.ok) return setStep(outcome.problem)
    queries.setQueryData<OrderView>(['order', orderId], (known) => laterReading(known, outcome.value))
  }

  function textOf(of: AnyProblem): string {
    if (isUnknown(of)) return words.unsure
    return isPassing(of) ? words.failed : nameOf[of.code]
  }

  return (
    <>
      {payBy !== undefined && <TimeLeft payBy={payBy} />}
      <PayButton session={session} orderId={orderId} />
      {step === 'shown' || problem ? (
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
      {problem && (
        <p role="status" className="w-full text-small text-caution">
          {textOf(problem)}
        </p>
      )}
    </>
  )
}

/** Whether the service may have cancelled the order in spite of this answer. */
function isUnknown({ code }: AnyProblem): boolean {
  return code === 'NO_ANSWER' || code === 'INTERNAL' || code === 'UNAVAILABLE'
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
