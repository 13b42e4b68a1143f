import type { LiveItem } from '@flash-sale/contract/live'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerNow } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'
import { useLiveStory } from './use-live-story.ts'
import { isSoldOut } from '../model/is-sold-out.ts'
import { useLastsMs } from '../model/live-cache.ts'

/** How long the item has been on sale, how long it took or will take to sell out, and how old its oldest waiting order is. */
export function SellingTime({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords()
  const format = useFormat()
  const { firstSoldAt, soldOutAt, state, available, oldestOutboxAgeMs, unread } = item
  const isSelling = firstSoldAt !== undefined && state === 'open' && available > 0
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2">
      {isSelling && <SellingSince firstSoldAt={firstSoldAt} />}
      {isSelling && <SellOutAhead itemId={item.itemId} />}
      {firstSoldAt && !isSelling && <Fact name={words.item.firstSold} value={format.time(firstSoldAt)} />}
      {firstSoldAt && soldOutAt && isSoldOut(item) && <SoldOutIn item={item} />}
      {(firstSoldAt || oldestOutboxAgeMs > 0) && (
        <Fact
          name={words.item.outboxAge}
          value={oldestOutboxAgeMs > 0 ? format.span(oldestOutboxAgeMs) : words.vitals.empty}
          isOld={unread?.stores.includes('redis') === true}
        />
      )}
    </dl>
  )
}

/** How long the item sold until it was sold out. Idle time around a restock does not count, so the stores are asked. */
function SoldOutIn({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords().item
  const format = useFormat()
  const ms = useLiveStory(item)?.soldOut.findLast(({ itemId }) => itemId === item.itemId)?.sellingMs
  return (
    <Fact name={words.soldOutIn} value={ms === undefined ? '–' : ms < 60_000 ? format.span(ms) : format.longSpan(ms)} />
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
  const ms = useLastsMs(itemId)
  return <Fact name={words.sellOutIn} value={ms === undefined ? '–' : format.roughSpan(ms)} />
}

interface FactProps {
  readonly name: string
  readonly value: string
  readonly isOld?: boolean
}

function Fact({ name, value, isOld = false }: FactProps) {
  return (
    <div className="flex min-w-[6em] flex-col">
      <dt className="text-small text-ink-soft">{name}</dt>
      <dd className={`font-semibold whitespace-nowrap ${isOld ? 'text-ink-soft' : ''}`}>{value}</dd>
    </div>
  )
}
