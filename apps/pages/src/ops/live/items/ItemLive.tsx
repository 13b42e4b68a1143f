import type { LiveItem } from '@flash-sale/contract/live'
import { memo, useRef, useState } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { ItemActs } from '../../acts/ItemActs.tsx'
import { useOpsWords } from '../../words.ts'
import type { Crowd } from '../model/crowd.ts'
import { InvariantLight } from './InvariantLight.tsx'
import { LockHolder } from './LockHolder.tsx'
import { ReadAt } from './ReadAt.tsx'
import { SellingTime } from './SellingTime.tsx'
import { StockBar } from './StockBar.tsx'
import { StockLeft } from './StockLeft.tsx'
import { useIsSeen } from '../charts/use-is-seen.ts'

export interface ItemLiveProps {
  readonly item: LiveItem
  readonly crowd: Crowd
}

/** One live item. Among many items, one off the screen is not drawn again until the reader scrolls to it: drawing 200 costs too much. */
export const ItemLive = memo(function ItemLive({ item, crowd }: ItemLiveProps) {
  const article = useRef<HTMLElement>(null)
  const isSeen = useIsSeen(article, crowd === 'many')
  const [shown, setShown] = useState(item)
  if (isSeen && shown !== item) setShown(item)
  return (
    <article
      ref={article}
      aria-label={item.name}
      className="off-screen-free flex flex-col gap-3 border-t border-line px-4 py-4 sm:px-5"
    >
      <ItemShown item={shown} large={crowd === 'few'} />
    </article>
  )
})

interface ItemShownProps {
  readonly item: LiveItem
  readonly large: boolean
}

/** The item's stock, where its units are, whether they add up, and the buttons of its acts. */
const ItemShown = memo(function ItemShown({ item, large }: ItemShownProps) {
  const words = useOpsWords().item
  const format = useFormat()
  return (
    <>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h3 className="text-lead font-semibold">{item.name}</h3>
          {/* The lock replaces facts that never change, so that nothing moves when the lock comes and goes. */}
          {item.lock ? (
            <LockHolder lock={item.lock} />
          ) : (
            <p className="text-small text-ink-soft">
              {words.sku} {item.sku} ·{' '}
              <span className="whitespace-nowrap">
                {words.price} {format.price(item.priceCents, item.currency)} ·
              </span>{' '}
              <span className="whitespace-nowrap">{words.limit(format.count(item.purchaseLimit))}</span>
            </p>
          )}
        </div>
        <div className="flex flex-col items-end">
          <InvariantLight invariant={item.invariant} {...(item.faults && { faults: item.faults })} />
          {item.unread && <ReadAt readAt={item.unread.readAt} />}
        </div>
      </header>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <StockLeft item={item} large={large} />
        <SellingTime item={item} />
      </div>
      <StockBar item={item} />
      <footer className="flex justify-end">
        <ItemActs item={item} />
      </footer>
    </>
  )
})
