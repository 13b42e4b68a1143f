import type { SaleView } from '@flash-sale/contract/sales'
import { useFormat } from '../language/LanguageContext.ts'
import { useWords } from '../language/words.ts'
import { useServerNow } from '../server/use-server-clock.ts'
import type { SaleStage } from './sale-stage.ts'
import { shopWords } from './words.ts'

interface SaleCountdownProps {
  readonly sale: SaleView
  readonly stage: SaleStage
}

/** Time to the opening, and once open to the end, by the service's clock; below it the moment itself in the reader's zone. */
export function SaleCountdown({ sale, stage }: SaleCountdownProps) {
  const words = useWords(shopWords)
  const format = useFormat()
  const nowMs = useServerNow()
  const isBefore = stage === 'before'
  const target = isBefore ? sale.opensAt : sale.closesAt
  const leftMs = Math.max(0, Date.parse(target) - nowMs)
  const when = `${format.dateTime(target)} ${format.zone(target)}`
  return (
    <div>
      <p className="text-small font-medium text-ink-soft">{isBefore ? words.opensIn : words.endsIn}</p>
      <p role="timer" aria-live="off" className="text-display font-semibold tracking-tight whitespace-nowrap">
        {stage === 'over' ? format.countdown(0) : format.countdown(leftMs)}
      </p>
      <p className="mt-1 text-small text-ink-soft">
        <time dateTime={target}>{isBefore ? words.opensAt(when) : wordsOfEnd(stage, words)(when)}</time>
      </p>
      <OpeningAnnouncement stage={stage} leftMs={leftMs} />
    </div>
  )
}

function wordsOfEnd(stage: SaleStage, words: { closedAt(when: string): string; closesAt(when: string): string }) {
  return stage === 'over' ? words.closedAt : words.closesAt
}

/** Says the approach of the opening to a screen reader: three times, not every second. */
function OpeningAnnouncement({ stage, leftMs }: { readonly stage: SaleStage; readonly leftMs: number }) {
  const words = useWords(shopWords).soon
  let text = ''
  if (stage === 'open') text = words.open
  else if (stage === 'before' && leftMs <= 10_000) text = words.seconds
  else if (stage === 'before' && leftMs <= 60_000) text = words.minute
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  )
}
