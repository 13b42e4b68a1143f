import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { useEffect, useId } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { BuyButton } from '../purchase/BuyButton.tsx'
import { BuyStatus } from '../purchase/BuyStatus.tsx'
import { freshRefusal, isOutdated, leftMaxAfter, offerAfter, quantityMaxAfter } from '../purchase/fresh-refusal.ts'
import { isPressable, offerOf, pickingBarrier } from '../purchase/offer.ts'
import { heldUnits } from '../orders/order-lists.ts'
import { QuantityPicker } from '../purchase/QuantityPicker.tsx'
import type { SaleStage } from './sale-stage.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { StockLeft } from './StockLeft.tsx'
import { usePicked } from '../purchase/use-picked.ts'
import { usePurchase } from '../purchase/use-purchase.ts'
import { useReadingAfter } from '../purchase/use-reading-after.ts'
import { MoreWish } from '../wishes/MoreWish.tsx'
import type { Wishes } from '../wishes/use-wishes.ts'
import { shopWords } from '../words.ts'

interface ItemCardProps {
  readonly item: ItemView
  /** The moment of which `item` is true, in ms by the browser's own clock. */
  readonly asOfMs: number
  readonly stage: SaleStage
  /** Whether an order has to be paid once it is saved. */
  readonly takesPayment: boolean
  /** Undefined until the page knows the buyer; null if nobody is signed in. */
  readonly session: ShopSession | null | undefined
  readonly orders: readonly OrderView[]
  readonly onTokenRefused: (session: ShopSession) => void
  /** Where a buyer signs in, while nobody is signed in. */
  readonly signInHref: string | undefined
  readonly wishes: Wishes
}

/** An item with its price, its stock and its button. */
export function ItemCard(props: ItemCardProps) {
  const { item, asOfMs, stage, takesPayment, session, orders, onTokenRefused, signInHref, wishes } = props
  const words = useWords(shopWords)
  const format = useFormat()
  const statusId = useId()
  const { state, purchase } = usePurchase(session, item, onTokenRefused)
  const [picked, pick] = usePicked(item.itemId)
  const heldCount = heldUnits(orders, item.itemId)
  const refused = freshRefusal(state, asOfMs)
  useReadingAfter(refused)
  const leftCount = Math.min(item.available, quantityMaxAfter(refused))
  const quantityMax = Math.max(1, Math.min(item.purchaseLimit - heldCount, leftCount))
  const quantity = 'attempt' in state ? state.attempt.quantity : Math.min(picked, quantityMax)
  const offer = offerOf({
    stage,
    item,
    purchase: state.kind,
    buyer: session === undefined ? 'UNKNOWN' : session === null ? 'NOBODY' : 'KNOWN',
    heldCount,
    refused: offerAfter(refused),
  })
  const isCutToStock = isPressable(offer) && quantity < picked && quantity === item.available

  const isDone = isOutdated(state, asOfMs, stage === 'open', item.available)
  useEffect(() => {
    if (isDone) purchase?.dismiss()
  }, [isDone, purchase])

  return (
    <article className="flex flex-col gap-5 p-5 sm:p-6">
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="min-w-0 text-lead font-semibold">{item.name}</h2>
        <p className="text-lead whitespace-nowrap">
          <span className="sr-only">{words.price} </span>
          {format.price(item.priceCents, item.currency)}
        </p>
      </div>
      <StockLeft available={Math.min(item.available, leftMaxAfter(refused))} total={item.total} />
      <div className="flex min-h-11 items-center justify-between gap-3">
        <p className="text-small text-ink-soft">
          {isCutToStock
            ? words.onlyLeft(format.count(quantity))
            : words.atMost(format.count(item.purchaseLimit), item.purchaseLimit)}
        </p>
        {item.purchaseLimit > 1 && (
          <QuantityPicker
            quantity={quantity}
            quantityMax={quantityMax}
            isFixed={'attempt' in state}
            barrier={pickingBarrier(offer)}
            onPick={pick}
          />
        )}
      </div>
      <BuyButton
        offer={offer}
        priceCents={item.priceCents * quantity}
        currency={item.currency}
        describedBy={statusId}
        onPress={() => purchase?.buy(quantity)}
        signInHref={signInHref}
      />
      {/* Room is reserved from the start, so that no other item's button moves when text appears. */}
      <div className="flex min-h-48 flex-col gap-4 [article:only-of-type_&]:min-h-24">
        <BuyStatus
          id={statusId}
          item={item}
          state={state}
          leftCount={isCutToStock ? quantity : undefined}
          offer={offer}
          orders={orders}
          takesPayment={takesPayment}
          session={session}
        />
        <MoreWish item={item} isSoldOut={offer === 'SOLD_OUT'} isOver={stage === 'over'} wishes={wishes} />
      </div>
    </article>
  )
}
