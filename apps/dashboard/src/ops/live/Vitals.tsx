import { Figure } from '../../design/Figure.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { useRates } from './live-cache.ts'
import { OverallInvariant } from './OverallInvariant.tsx'

/** The few numbers that say how it goes, read across a room. */
export function Vitals() {
  const words = useOpsWords().vitals
  const format = useFormat()
  const now = useRates()?.at(-1)
  const rate = (perSecond: number | undefined) => (perSecond === undefined ? '–' : format.rate(perSecond))
  const span = (ms: number | null | undefined) => (typeof ms === 'number' ? format.measure(ms) : { value: '–' })
  const refused = now && Object.values(now.refused).reduce((sum, perSecond) => sum + perSecond, 0)
  return (
    <section aria-label={words.title} className="rounded-panel border border-line bg-surface shadow-raised">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-5 px-4 py-4 sm:grid-cols-3 sm:px-5 xl:grid-cols-6">
        <OverallInvariant />
        <Figure label={words.accepted} value={rate(now?.accepted)} unit={words.perSecond} />
        <Figure label={words.refused} value={rate(refused)} unit={words.perSecond} />
        <Figure label={words.persisted} value={rate(now?.persisted)} unit={words.perSecond} />
        <Figure label={words.p99} {...span(now?.p99Ms)} />
        <Figure label={words.outbox} {...(now?.outboxAgeMs === 0 ? { value: words.empty } : span(now?.outboxAgeMs))} />
      </dl>
    </section>
  )
}
