import type { ItemView } from '@flash-sale/contract/sales'
import { useEffect } from 'react'
import { notify } from '../../browser/notify.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'
import type { Wishes } from './use-wishes.ts'

interface MoreWatchProps {
  readonly item: ItemView
  /** The sale is over, so nothing comes any more. */
  readonly isOver: boolean
  readonly wishes: Wishes
}

/** Tells that a sold-out item has units again, if the buyer wished so. */
export function MoreWatch({ item, isOver, wishes }: MoreWatchProps) {
  const words = useWords(shopWords).wishes
  const format = useFormat()
  const { itemId, name, available } = item
  const wish = `more:${itemId}` as const
  useEffect(() => {
    if (available > 0) notify(wish, name, words.moreCame(format.count(available)))
    if (available > 0 || isOver) wishes.end(wish)
  }, [available, isOver, wish, name, words, format, wishes])
  return null
}
