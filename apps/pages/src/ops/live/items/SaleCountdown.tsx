import type { SaleState } from '@flash-sale/contract/sales'
import { memo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerNow } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'

export interface SaleCountdownProps {
  readonly state: SaleState
  readonly opensAt: string
  readonly closesAt: string
}

/** The next event of the sale (opening or end) and the time until then, by the service's clock. */
export const SaleCountdown = memo(function SaleCountdown({ state, opensAt, closesAt }: SaleCountdownProps) {
  const words = useOpsWords()
  const format = useFormat()
  const now = useServerNow()
  if (state === 'closed') {
    // An operator may close a sale early. The audit trail has the time.
    const label = now < Date.parse(closesAt) ? words.closedBefore : words.closedAt
    return <Moment label={label} at={closesAt} value={format.dateTime(closesAt)} />
  }
  const isAhead = now < Date.parse(opensAt)
  const at = isAhead ? opensAt : closesAt
  const label = isAhead ? words.opensIn : state === 'paused' ? words.pausedUntil : words.closesIn
  return <Moment label={label} at={at} value={format.countdown(Date.parse(at) - now)} title={format.dateTime(at)} />
})

interface MomentProps {
  readonly label: string
  readonly at: string
  readonly value: string
  readonly title?: string
}

function Moment({ label, at, value, title }: MomentProps) {
  return (
    <p className="text-ink-soft">
      {label}{' '}
      <time dateTime={at} title={title} className="inline-block font-semibold text-ink">
        {value}
      </time>
    </p>
  )
}
