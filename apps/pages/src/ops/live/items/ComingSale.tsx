import { Icon, type IconName } from '../../../design/Icon.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerNow } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'
import { groupBySale, type LiveSale } from '../model/group-by-sale.ts'
import { useHealth, useLiveItems, useLiveProcesses } from '../model/live-cache.ts'
import {
  judgePreflight,
  preflightChecks,
  preflightMs,
  roomLeft,
  roughly,
  worstCheck,
  type CheckState,
} from '../model/preflight.ts'

const none: readonly never[] = []

/** The sale that opens next, once that is near: the time until then, and whether everything is ready. */
export function ComingSale() {
  const items = useLiveItems() ?? none
  const nowMs = useServerNow()
  const coming = groupBySale(items.filter(({ state }) => state === 'scheduled'))
  const [next] = coming
    .filter(({ opensAt }) => Date.parse(opensAt) - nowMs < preflightMs)
    .toSorted((one, other) => Date.parse(one.opensAt) - Date.parse(other.opensAt))
  return next ? <Strip sale={next} nowMs={nowMs} /> : null
}

const looks: Readonly<Record<CheckState, { readonly icon: IconName; readonly look: string }>> = {
  ready: { icon: 'check', look: 'text-ink-soft' },
  amiss: { icon: 'cross', look: 'font-semibold text-bad' },
  unknown: { icon: 'clock', look: 'text-caution' },
}

const verdicts: Readonly<Record<CheckState, { readonly look: string; readonly edge: string }>> = {
  ready: { look: 'text-good', edge: 'border-line' },
  amiss: { look: 'text-bad', edge: 'border-bad' },
  unknown: { look: 'text-caution', edge: 'border-line' },
}

function Strip({ sale, nowMs }: { readonly sale: LiveSale; readonly nowMs: number }) {
  const words = useOpsWords()
  const format = useFormat()
  const processes = useLiveProcesses()
  const health = useHealth()
  const readiness = health?.readiness
  const checks = judgePreflight({ items: sale.items, processes, stores: health?.stores ?? none, readiness, nowMs })
  const verdict = worstCheck(checks)
  const left = roomLeft(readiness)
  return (
    <section
      aria-label={words.preflight.title}
      className={`flex flex-wrap items-center gap-x-8 gap-y-3 rounded-panel border bg-surface px-4 py-3 shadow-raised sm:px-5 ${verdicts[verdict].edge}`}
    >
      <div className="min-w-0">
        <p className="text-small text-ink-soft">
          {words.opensIn} · {format.dateTime(sale.opensAt)}
        </p>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span role="timer" aria-live="off" className="text-display font-semibold tracking-tight">
            {format.countdown(Math.max(0, Date.parse(sale.opensAt) - nowMs))}
          </span>
          <span className="text-lead font-semibold">{sale.name}</span>
        </p>
      </div>
      <div className="flex min-w-60 flex-1 flex-col gap-1.5">
        <p className={`text-lead font-semibold ${verdicts[verdict].look}`}>{words.preflight.verdicts[verdict]}</p>
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-small">
          {preflightChecks.map((check) => {
            const { icon, look } = looks[checks[check]]
            return (
              <li key={check} className={`flex items-center gap-1 ${look}`}>
                <Icon name={icon} />
                {words.preflight.checks[checks[check]][check]}
              </li>
            )
          })}
        </ul>
        <p className="text-small text-ink-soft">
          {left !== undefined && words.preflight.roomFor(format.count(roughly(left)), format.count(sale.available))}
        </p>
      </div>
    </section>
  )
}
