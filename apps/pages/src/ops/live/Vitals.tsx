import type { RateSample } from '@flash-sale/contract/live'
import { memo } from 'react'
import { Figure } from '../../design/Figure.tsx'
import { Term } from '../../design/Term.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import type { Measure } from '../../language/format.ts'
import { useTerms } from '../terms/terms.ts'
import { useOpsWords } from '../words.ts'
import type { Reading } from './charts/chart-data.ts'
import { useFrameTime, useRates } from './model/live-cache.ts'
import { useFreshness } from './model/freshness.ts'
import { NowLine } from './NowLine.tsx'
import { OverallInvariant } from './items/OverallInvariant.tsx'
import { peakOf, refusedPerSecond } from './model/peaks.ts'

const none: readonly RateSample[] = []
/** The rates of a second are complete within two more. Rates older than this are not those of now. In ms. */
const freshMsMax = 4_000

/** The few numbers to watch across a room: their values now, and their peaks in the last minutes, since a storm may last seconds. */
export const Vitals = memo(function Vitals() {
  const words = useOpsWords().vitals
  const terms = useTerms()
  const format = useFormat()
  const samples = useRates() ?? none
  const ageMs = useRatesAge(samples.at(-1))
  const isOld = ageMs > freshMsMax
  const figure = (reading: Reading, measure: (value: number) => Measure) => {
    const now = samples.at(-1)
    const value = now && reading(now)
    const peak = peakOf(samples, reading)
    return {
      ...(typeof value === 'number' ? measure(value) : { value: '–' }),
      isOld,
      note: isOld
        ? words.old(format.longSpan(ageMs))
        : peak
          ? words.peak(Object.values(measure(peak)).join('\u00a0'))
          : '\u00a0',
    }
  }
  const rate = (perSecond: number) => ({ value: format.rate(perSecond), unit: words.perSecond })
  const age = (ms: number) => (ms === 0 ? { value: words.empty, unit: '' } : format.measure(ms))
  return (
    <section aria-label={words.title} className="rounded-panel border border-line bg-surface shadow-raised">
      <NowLine isOld={isOld} />
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,7rem),1fr))] gap-x-4 gap-y-5 sm:gap-x-6 px-4 py-4 sm:grid-cols-3 sm:px-5 xl:grid-cols-[1.4fr_repeat(5,1fr)]">
        <OverallInvariant />
        <Figure
          label={<Term about={terms.accepted}>{words.accepted}</Term>}
          {...figure(({ accepted }) => accepted, rate)}
        />
        <Figure label={<Term about={terms.refused}>{words.refused}</Term>} {...figure(refusedPerSecond, rate)} />
        <Figure
          label={<Term about={terms.persisted}>{words.persisted}</Term>}
          {...figure(({ persisted }) => persisted, rate)}
        />
        <Figure label={<Term about={terms.p99}>{words.p99}</Term>} {...figure(({ p99Ms }) => p99Ms, format.measure)} />
        <Figure
          label={<Term about={terms.outboxAge}>{words.outbox}</Term>}
          {...figure(({ outboxAgeMs }) => outboxAgeMs, age)}
        />
      </dl>
    </section>
  )
})

/** How old the newest rates are, in whole seconds of ms. */
function useRatesAge(newest: RateSample | undefined): number {
  const frameAt = useFrameTime()?.at
  const freshness = useFreshness()
  if (!newest || frameAt === undefined) return 0
  const sinceFrameMs = 'ageMs' in freshness ? (freshness.ageMs ?? 0) : 0
  return Math.floor((Date.parse(frameAt) - Date.parse(newest.at) + sinceFrameMs) / 1_000) * 1_000
}
