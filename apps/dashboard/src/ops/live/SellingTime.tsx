import type { LiveItem } from '@flash-sale/contract/live'
import { useFormat } from '../../language/LanguageContext.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'
import { usePaces } from './live-cache.ts'
import { lastsMs } from './pace.ts'

/** How long the item has been selling; how long it took to sell out, or will at the pace of the last seconds. */
export function SellingTime({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords().item
  const format = useFormat()
  const { firstSoldAt, soldOutAt, state, available } = item
  if (!firstSoldAt) return null
  if (available === 0 && soldOutAt) {
    const tookMs = Date.parse(soldOutAt) - Date.parse(firstSoldAt)
    return <Fact name={words.soldOutIn} value={tookMs < 60_000 ? format.span(tookMs) : format.longSpan(tookMs)} />
  }
  return (
    <>
      {state === 'open' && <SellingSince firstSoldAt={firstSoldAt} />}
      {state === 'open' && <SellOutAhead itemId={item.itemId} />}
      {state !== 'open' && <Fact name={words.firstSold} value={format.time(firstSoldAt)} />}
    </>
  )
}

function SellingSince({ firstSoldAt }: { readonly firstSoldAt: string }) {
  const words = useOpsWords().item
  const format = useFormat()
  const now = useServerNow()
  return <Fact name={words.sellingFor} value={format.countdown(Math.max(0, now - Date.parse(firstSoldAt)))} />
}

function SellOutAhead({ itemId }: { readonly itemId: number }) {
  const words = useOpsWords().item
  const format = useFormat()
  const ms = lastsMs(usePaces()?.get(itemId))
  return <Fact name={words.sellOutIn} value={ms === undefined ? '–' : format.longSpan(Math.ceil(ms / 1_000) * 1_000)} />
}

/** A name and its value, on a line of its own. */
export function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="flex flex-col">
      <dt className="text-small whitespace-nowrap text-ink-soft">{name}</dt>
      <dd className="font-semibold whitespace-nowrap">{value}</dd>
    </div>
  )
}
