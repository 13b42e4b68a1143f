import type { SaleView } from '@flash-sale/contract/sales'
import { useEffect } from 'react'
import { notify } from '../../browser/notify.ts'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import type { SaleStanding } from '../sales/sale-stage.ts'
import { shopWords } from '../words.ts'
import type { Wishes } from './use-wishes.ts'

interface OpeningWatchProps {
  readonly sale: SaleView
  readonly standing: SaleStanding
  readonly wishes: Wishes
}

/** A browser may wake a hidden tab only once a minute. */
const soonMs = 60_000

/** Tells that the sale opens in a minute, and that it is open, if the buyer wished so. */
export function OpeningWatch({ sale, standing, wishes }: OpeningWatchProps) {
  const words = useWords(shopWords).wishes
  const { saleId, name, opensAt } = sale
  const wish = `open:${saleId}` as const
  const opensInMs = Date.parse(opensAt) - useServerNow()
  const isSoon = standing === 'before' && opensInMs <= soonMs
  useEffect(() => {
    if (isSoon) notify(wish, name, words.opensSoon)
  }, [isSoon, wish, name, words])
  useEffect(() => {
    if (standing === 'before') return
    if (standing === 'open') notify(wish, name, words.isOpen)
    wishes.end(wish)
  }, [standing, wish, name, words, wishes])
  return null
}
