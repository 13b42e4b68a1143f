import type { ItemView } from '@flash-sale/contract/sales'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'
import { MoreWatch } from './MoreWatch.tsx'
import type { Wishes } from './use-wishes.ts'
import { WishButton, WishNote } from './WishButton.tsx'

interface MoreWishProps {
  readonly item: ItemView
  readonly isSoldOut: boolean
  readonly isOver: boolean
  readonly wishes: Wishes
}

/** "Tell me if more come", while an item is sold out. */
export function MoreWish({ item, isSoldOut, isOver, wishes }: MoreWishProps) {
  const words = useWords(shopWords).wishes
  const wish = `more:${item.itemId}` as const
  return (
    <>
      {isSoldOut && (
        <div className="flex flex-col items-start gap-2">
          <WishButton wishes={wishes} wish={wish} label={words.more} />
          <WishNote wishes={wishes} isFirst={wishes.has(wish)} />
        </div>
      )}
      {wishes.has(wish) && <MoreWatch item={item} isOver={isOver} wishes={wishes} />}
    </>
  )
}
