import { memo } from 'react'
import { Icon, type IconName } from '../../design/Icon.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useLiveProcesses } from '../live/model/live-cache.ts'
import { levelOf, type Cause, type Level, type Verdict } from './verdict.ts'
import { tell, verdictWords } from './verdict-words.ts'

type Look = Level | 'well' | 'unknown'

const looks: Record<Look, { look: string; icon: IconName }> = {
  bad: { look: 'bg-bad text-on-bad', icon: 'cross' },
  caution: { look: 'bg-caution text-surface', icon: 'warning' },
  well: { look: 'bg-good-soft text-good', icon: 'check' },
  unknown: { look: 'bg-sunken text-ink-soft', icon: 'clock' },
}

export function lookOf(verdict: Verdict): Look {
  return verdict.kind === 'ill' ? levelOf(verdict.causes[0]) : verdict.kind
}

/** The bar over every page: all is well, or what is wrong, what follows from it, and what to do next. */
export const VerdictBar = memo(function VerdictBar({ verdict }: { readonly verdict: Verdict }) {
  const words = useWords(verdictWords)
  const { look, icon } = looks[lookOf(verdict)]
  const [worst, ...others] = verdict.kind === 'ill' ? verdict.causes : []
  return (
    <section aria-label={words.label} className={`z-10 px-4 py-2 sm:sticky sm:top-0 sm:px-5 ${look}`}>
      <div className="flex items-start gap-2.5">
        <Icon name={icon} className="mt-[0.2em]" />
        {worst ? (
          <div className="min-w-0 grow">
            <CauseTold cause={worst} isWorst />
            {others.length > 0 && <MoreCauses causes={others} />}
          </div>
        ) : (
          <p className="min-w-0 grow">
            <b role="status" className="font-semibold">
              {verdict.kind === 'well' ? words.well : words.unknown}
            </b>
            {verdict.kind === 'well' && <WellAbout />}
          </p>
        )}
      </div>
    </section>
  )
})

function CauseTold({ cause, isWorst = false }: { readonly cause: Cause; readonly isWorst?: boolean }) {
  const words = useWords(verdictWords)
  const { title, effect, next } = tell(cause, words, useFormat())
  return (
    <p>
      {/* Only the name is announced: the rest changes each second. */}
      <b role={isWorst ? 'status' : undefined} className="font-semibold">
        {title}
      </b>
      {words.glue.effect + effect + words.glue.next}
      {next && <span className="font-medium">{next}</span>}
    </p>
  )
}

function MoreCauses({ causes }: { readonly causes: readonly Cause[] }) {
  const words = useWords(verdictWords)
  const format = useFormat()
  return (
    <details>
      <summary className="w-fit cursor-pointer py-0.5 underline underline-offset-2">
        {words.more(format.count(causes.length))}
      </summary>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
        {causes.map((cause) => (
          <li key={keyOf(cause)}>
            <CauseTold cause={cause} />
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Several causes of one name differ in this. */
function keyOf(cause: Cause): string {
  return `${cause.name} ${'id' in cause ? cause.id : 'reason' in cause ? cause.reason : ''}`
}

function WellAbout() {
  const words = useWords(verdictWords)
  const live = useLiveProcesses().filter(({ silentMs }) => silentMs === 0)
  const countOf = (kind: 'api' | 'worker') => live.filter((process) => process.kind === kind).length
  return <span className="max-sm:sr-only"> · {words.wellAbout(countOf('api'), countOf('worker'))}</span>
}
