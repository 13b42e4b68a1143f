import type { ItemView } from '@flash-sale/contract/sales'
import type { PurchaseState } from './purchase.ts'
import type { SaleStage } from '../sales/sale-stage.ts'

/** What the one button offers at this moment, or why it offers nothing. */
export type Offer =
  | 'BUY'
  | 'BUY_MORE'
  /** Goes on with an attempt that was sent often enough by itself. */
  | 'SEND_AGAIN'
  | 'SENDING'
  | 'WAITING'
  | 'SIGN_IN'
  /** Who buys is about to be known. */
  | 'ONE_MOMENT'
  | 'NOT_YET'
  | 'PAUSED'
  | 'OVER'
  | 'LIMIT_REACHED'
  | 'SOLD_OUT'

const pressable = new Set<Offer>(['BUY', 'BUY_MORE', 'SEND_AGAIN'])

/** Whether the button does something when it is pressed. */
export function isPressable(offer: Offer): boolean {
  return pressable.has(offer)
}

interface Situation {
  readonly stage: SaleStage
  readonly item: Pick<ItemView, 'available' | 'purchaseLimit'>
  readonly purchase: PurchaseState['kind']
  readonly buyer: 'KNOWN' | 'UNKNOWN' | 'NOBODY'
  /** Units that the buyer holds, as far as this page has read. */
  readonly heldCount: number
}

/** An attempt under way goes before everything, since its outcome is what the buyer waits for; then the sale, then the stock. */
export function offerOf({ stage, item, purchase, buyer, heldCount }: Situation): Offer {
  if (purchase === 'sending') return 'SENDING'
  if (purchase === 'waiting') return 'WAITING'
  if (buyer === 'NOBODY' || purchase === 'signedOut') return 'SIGN_IN'
  if (purchase === 'stuck') return 'SEND_AGAIN'
  if (stage === 'over') return 'OVER'
  if (stage === 'paused') return 'PAUSED'
  if (stage === 'before') return 'NOT_YET'
  if (heldCount >= item.purchaseLimit) return 'LIMIT_REACHED'
  if (item.available === 0) return 'SOLD_OUT'
  if (buyer === 'UNKNOWN') return 'ONE_MOMENT'
  return heldCount > 0 ? 'BUY_MORE' : 'BUY'
}
