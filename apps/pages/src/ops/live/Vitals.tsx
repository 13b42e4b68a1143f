import type { RateSample } from '@flash-sale/contract/live'
import { memo } from 'react'
import { Figure } from '../../design/Figure.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import type { Measure } from '../../language/format.ts'
import { useOpsWords } from '../words.ts'
import type { Reading } from './charts/chart-data.ts'
import { useRates } from './model/live-cache.ts'
import { OverallInvariant } from './items/OverallInvariant.tsx'
import { peakOf, refusedPerSecond } from './model/peaks.ts'

const none: readonly RateSample[] = []

/** The few numbers to watch across a room: their values now, and their peaks in the last minutes, since a storm may last seconds. */
export const Vitals = memo(function Vitals() {
  const words = useOpsWords().vitals
  const format = useFormat()
  const samples = useRates() ?? none
  const figure = (reading: Reading, measure: (value: number) => Measure) => {
    const now = samples.at(-1)
    const value = now && reading(now)
    const peak = peakOf(samples, reading)
    return {
      ...(typeof value === 'number' ? measure(value) : { value: '–' }),
      note: peak ? words.peak(Object.values(measure(peak)).join('\u00a0')) : '\u00a0',
    }
  }
  const rate = (perSecond: number) => ({ value: format.rate(perSecond), unit: words.perSecond })
  const age = (ms: number) => (ms === 0 ? { value: words.empty, unit: '' } : format.measure(ms))
  return (
    <section aria-label={words.title} className="rounded-panel border border-line bg-surface shadow-raised">
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,8.5rem),1fr))] gap-x-6 gap-y-5 px-4 py-4 sm:grid-cols-3 sm:px-5 xl:grid-cols-6">
        <OverallInvariant />
        <Figure label={words.accepted} {...figure(({ accepted }) => accepted, rate)} />
        <Figure label={words.refused} {...figure(refusedPerSecond, rate)} />
        <Figure label={words.persisted} {...figure(({ persisted }) => persisted, rate)} />
        <Figure label={words.p99} {...figure(({ p99Ms }) => p99Ms, format.measure)} />
        <Figure label={words.outbox} {...figure(({ outboxAgeMs }) => outboxAgeMs, age)} />
      </dl>
    </section>
  )
})
