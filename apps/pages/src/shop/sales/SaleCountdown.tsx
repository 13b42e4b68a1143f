import type { SaleView } from '@flash-sale/contract/sales'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import type { SaleStanding } from './sale-stage.ts'
import { shopWords } from '../words.ts'

interface SaleCountdownProps {
  readonly sale: SaleView
  readonly standing: SaleStanding
}

const dayMs = 24 * 60 * 60_000
/** The countdown to the end starts this long before the end. */
const endingWithinMs = 60 * 60_000

/** The time to the opening, by the service's clock; then the state of the sale; near its end the time that is left. */
export function SaleCountdown({ sale, standing }: SaleCountdownProps) {
  const words = useWords(shopWords)
  const format = useFormat()
  const nowMs = useServerNow()
  const opensInMs = Math.max(0, Date.parse(sale.opensAt) - nowMs)
  const endsInMs = Math.max(0, Date.parse(sale.closesAt) - nowMs)
  const [opens, closes] = [sale.opensAt, sale.closesAt].map((at) => `${format.dateTime(at)} ${format.zone(at)}`)
  const isCutShort = standing === 'over' && endsInMs > 0
  const isEnding = standing === 'open' && endsInMs <= endingWithinMs
  return (
    <div>
      <p className="text-small font-medium text-ink-soft">
        {standing === 'before' ? words.opensIn : isEnding ? words.endsIn : words.opened(opens ?? '')}
      </p>
      {standing === 'before' || isEnding ? (
        <p role="timer" aria-live="off" className="text-display font-semibold tracking-tight">
          {standing === 'before' ? timeLeft(opensInMs, format) : format.countdown(endsInMs)}
        </p>
      ) : (
        <p className="text-display font-semibold tracking-tight">{words.standing[standing]}</p>
      )}
      <p className="mt-1 text-small text-ink-soft">
        {isCutShort ? words.endedEarly : words.at[standing]((standing === 'before' ? opens : closes) ?? '')}
      </p>
      <OpeningAnnouncement standing={standing} leftMs={opensInMs} />
    </div>
  )
}

/** The time to the opening. */
export function timeLeft(ms: number, format: ReturnType<typeof useFormat>): string {
  return ms >= dayMs ? format.longSpan(ms) : format.countdown(ms)
}

/** Tells a screen reader three times that the opening comes near, not every second. */
function OpeningAnnouncement({ standing, leftMs }: { readonly standing: SaleStanding; readonly leftMs: number }) {
  const words = useWords(shopWords).soon
  let text = ''
  if (standing === 'open') text = words.open
  else if (standing === 'before' && leftMs <= 10_000) text = words.seconds
  else if (standing === 'before' && leftMs <= 60_000) text = words.minute
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  )
}
