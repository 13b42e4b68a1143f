import type { OrderView } from '@flash-sale/contract/orders'
import type { SaleView } from '@flash-sale/contract/sales'
import { OpeningWatch } from '../wishes/OpeningWatch.tsx'
import type { Wishes } from '../wishes/use-wishes.ts'
import { ComingTools } from './ComingTools.tsx'
import { ItemCard } from './ItemCard.tsx'
import { saleStanding } from './sale-stage.ts'
import { SaleCountdown } from './SaleCountdown.tsx'
import { SaleTitle } from './SaleTitle.tsx'
import type { ShopSession } from '../session/shop-session.ts'
import { StageMark } from './StageMark.tsx'
import { StormTold } from './StormTold.tsx'
import { StoryOfSale } from './StoryOfSale.tsx'
import { useSaleStage } from './use-sale-stage.ts'

interface SaleOnShowProps {
  readonly sale: SaleView
  /** The moment of which `sale` is true, in ms by the browser's own clock. */
  readonly asOfMs: number
  readonly session: ShopSession | null | undefined
  readonly orders: readonly OrderView[]
  readonly onTokenRefused: (session: ShopSession) => void
  readonly signInHref: string | undefined
  readonly wishes: Wishes
}

/** The sale that the page shows, with its items. */
export function SaleOnShow({ sale, wishes, ...ofItems }: SaleOnShowProps) {
  const stage = useSaleStage(sale)
  const standing = saleStanding(stage, sale.items)
  return (
    <section
      aria-labelledby="sale-name"
      className="divide-y divide-line rounded-panel border border-line bg-surface shadow-raised"
    >
      <SaleTitle sale={sale} standing={standing} />
      <header className="flex flex-col gap-5 p-5 sm:p-6">
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <h1 id="sale-name" className="min-w-0 grow text-title font-semibold">
            {sale.name}
          </h1>
          <StageMark standing={standing} />
        </div>
        <SaleCountdown sale={sale} standing={standing} />
        {standing === 'open' && <StormTold sale={sale} asOfMs={ofItems.asOfMs} />}
        {standing === 'before' && <ComingTools sale={sale} wishes={wishes} />}
        {wishes.has(`open:${sale.saleId}`) && <OpeningWatch sale={sale} standing={standing} wishes={wishes} />}
      </header>
      {sale.items.map((item) => (
        <ItemCard
          key={item.itemId}
          item={item}
          stage={stage}
          takesPayment={sale.payWithinSeconds !== undefined}
          wishes={wishes}
          {...ofItems}
        />
      ))}
      <StoryOfSale sale={sale} standing={standing} />
    </section>
  )
}
