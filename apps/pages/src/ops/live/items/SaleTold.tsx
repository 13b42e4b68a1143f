import { Icon } from '../../../design/Icon.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerMinute } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'
import type { LiveSale } from '../model/group-by-sale.ts'
import { useHealth, useLiveProcesses } from '../model/live-cache.ts'
import { judgePreflight, preflightChecks, preflightMs } from '../model/preflight.ts'
import { sumsOf } from '../model/sale-sums.ts'

const none: readonly never[] = []

/** What there is to tell of a sale: before the opening whether all is ready, afterwards what it has come to. */
export function SaleTold({ sale }: { readonly sale: LiveSale }) {
  const nowMs = useServerMinute()
  if (sale.state === 'scheduled') {
    return Date.parse(sale.opensAt) - nowMs < preflightMs ? <Preflight sale={sale} /> : null
  }
  return <Sums sale={sale} />
}

function Preflight({ sale }: { readonly sale: LiveSale }) {
  const words = useOpsWords().preflight
  const processes = useLiveProcesses()
  const stores = useHealth()?.stores ?? none
  const ready = judgePreflight(sale.items, processes, stores)
  const isReady = preflightChecks.every((check) => ready[check])
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-small sm:px-5">
      <b className={`font-semibold ${isReady ? 'text-good' : 'text-bad'}`}>{isReady ? words.ready : words.notReady}</b>
      {preflightChecks.map((check) => (
        <span key={check} className={`flex items-center gap-1 ${ready[check] ? 'text-ink-soft' : 'text-bad'}`}>
          <Icon name={ready[check] ? 'check' : 'cross'} />
          {ready[check] ? words.checks[check] : words.missing[check]}
        </span>
      ))}
    </p>
  )
}

function Sums({ sale }: { readonly sale: LiveSale }) {
  const words = useOpsWords().sums
  const format = useFormat()
  const sums = sumsOf(sale)
  if (!sums) return null
  const { sold, total, soldShare, valueCents, paid, unpaid, returning, isProven } = sums
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-small text-ink-soft sm:px-5">
      <span>{words.sold(format.count(sold), format.count(total), format.percent(soldShare))}</span>
      <span>{words.value(format.price(valueCents, sale.items[0]?.currency))}</span>
      {paid !== undefined && <span>{words.paid(format.count(paid))}</span>}
      {unpaid > 0 && <span>{words.unpaid(format.count(unpaid))}</span>}
      {returning > 0 && <span>{words.returning(format.count(returning))}</span>}
      {isProven && <span className="font-medium text-good">{words.proven}</span>}
    </p>
  )
}
