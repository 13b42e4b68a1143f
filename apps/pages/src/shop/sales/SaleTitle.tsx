import type { SaleView } from '@flash-sale/contract/sales'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { shopWords } from '../words.ts'
import type { SaleStanding } from './sale-stage.ts'
import { timeLeft } from './SaleCountdown.tsx'

/** The title of the tab: the time to the opening, then the state of the sale, so that a tab in the background tells it too. */
export function SaleTitle({ sale, standing }: { readonly sale: SaleView; readonly standing: SaleStanding }) {
  const words = useWords(shopWords)
  const format = useFormat()
  const opensInMs = Math.max(0, Date.parse(sale.opensAt) - useServerNow())
  const news = standing === 'before' ? timeLeft(opensInMs, format) : words.standing[standing]
  return <title>{`${news} · ${sale.name}`}</title>
}
