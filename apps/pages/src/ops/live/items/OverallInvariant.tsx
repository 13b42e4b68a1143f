import { Term } from '../../../design/Term.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useTerms } from '../../terms/terms.ts'
import { useOpsWords } from '../../words.ts'
import { InvariantShape } from './InvariantShape.tsx'
import { useLiveItems } from '../model/live-cache.ts'
import { worstInvariant } from '../model/worst-invariant.ts'

const colours = {
  balanced: 'text-good',
  settling: 'text-accent',
  broken: 'text-bad',
  unavailable: 'text-caution',
  unreadable: 'text-ink-soft',
}

/** Shows whether the stock of all items on sale adds up. It is the light to watch on a wall screen. */
export function OverallInvariant() {
  const words = useOpsWords()
  const terms = useTerms()
  const format = useFormat()
  const items = useLiveItems() ?? []
  const worst = worstInvariant(items)
  const [some, all] = [format.count(worst?.count ?? 0), format.count(items.length)]
  return (
    <div className="col-span-full flex min-w-0 flex-col gap-1 sm:col-auto">
      <dt className="truncate text-small font-medium text-ink-soft">
        <Term about={terms.invariant}>{words.vitals.invariant}</Term>
      </dt>
      <dd>
        <div className="flex flex-col gap-1" role="status">
          {worst ? (
            <span
              className={`flex items-center gap-2 text-title font-semibold leading-[2.2rem] whitespace-nowrap ${colours[worst.invariant]}`}
            >
              <InvariantShape invariant={worst.invariant} className="size-7" />
              {words.invariant[worst.invariant]}
            </span>
          ) : (
            <span className="text-title font-semibold leading-[2.2rem] text-ink-soft">–</span>
          )}
          <span className="text-small text-ink-soft">
            {!worst && words.vitals.noItems}
            {worst && (some === all ? words.vitals.allOf(all) : words.vitals.someOf(some, all))}
          </span>
        </div>
      </dd>
    </div>
  )
}
