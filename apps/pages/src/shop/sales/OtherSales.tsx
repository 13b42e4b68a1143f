import type { SaleView } from '@flash-sale/contract/sales'
import { useState } from 'react'
import { Link } from 'wouter'
import { Button } from '../../design/Button.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { saleStanding } from './sale-stage.ts'
import { StageMark } from './StageMark.tsx'
import { useSaleStage } from './use-sale-stage.ts'
import { shopWords } from '../words.ts'

const shownFirst = 5

/** Links to the other sales: some of them, and all of them on a press. */
export function OtherSales({ sales }: { readonly sales: readonly SaleView[] }) {
  const words = useWords(shopWords)
  const format = useFormat()
  const [isWhole, setIsWhole] = useState(false)
  const isCut = !isWhole && sales.length > shownFirst
  if (sales.length === 0) return null
  return (
    <Panel title={words.otherSales}>
      <ul className="divide-y divide-line border-t border-line">
        {(isCut ? sales.slice(0, shownFirst) : sales).map((sale) => (
          <OtherSale key={sale.saleId} sale={sale} />
        ))}
      </ul>
      {isCut && (
        <p className="border-t border-line p-3 text-center">
          <Button kind="quiet" onClick={() => setIsWhole(true)}>
            {words.moreSales(format.count(sales.length - shownFirst))}
          </Button>
        </p>
      )}
    </Panel>
  )
}

function OtherSale({ sale }: { readonly sale: SaleView }) {
  const words = useWords(shopWords)
  const format = useFormat()
  const stage = useSaleStage(sale)
  const when = stage === 'before' ? words.at.before(format.dateTime(sale.opensAt)) : ''
  return (
    <li>
      <Link
        href={`/?sale=${sale.saleId}`}
        className="flex min-h-14 items-center justify-between gap-4 px-4 py-2 hover:bg-sunken sm:px-5"
      >
        <span className="min-w-0">
          <span className="line-clamp-3 font-medium">{sale.name}</span>
          {when && <span className="block text-small text-ink-soft">{when}</span>}
        </span>
        <StageMark standing={saleStanding(stage, sale.items)} />
      </Link>
    </li>
  )
}
