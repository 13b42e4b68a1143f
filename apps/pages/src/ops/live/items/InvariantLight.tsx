import type { Invariant, LiveItem } from '@flash-sale/contract/live'
import { memo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import { InvariantShape } from './InvariantShape.tsx'

const looks: Record<Invariant, string> = {
  balanced: 'text-good bg-good-soft',
  settling: 'text-accent bg-accent-soft',
  broken: 'text-bad bg-bad-soft',
  unavailable: 'text-caution bg-caution-soft',
  unreadable: 'text-ink-soft bg-sunken',
}

export type InvariantLightProps = Pick<LiveItem, 'invariant' | 'faults'>

/** Shows whether the item's units add up: a shape, a word and the difference in units. The stock bar shows the sum itself. */
export const InvariantLight = memo(function InvariantLight({ invariant, faults }: InvariantLightProps) {
  const words = useOpsWords().invariant
  const format = useFormat()
  const { oversold = 0, undersold = 0 } = faults ?? {}
  return (
    <p
      title={words.about[invariant]}
      className={`flex flex-wrap items-center gap-x-2 rounded-2xl py-1 pr-3.5 pl-1.5 font-semibold ${looks[invariant]}`}
    >
      <InvariantShape invariant={invariant} className="size-5" />
      {words[invariant]}
      {oversold > 0 && <span>· {words.oversold(format.count(oversold))}</span>}
      {undersold > 0 && <span>· {words.undersold(format.count(undersold))}</span>}
    </p>
  )
})
