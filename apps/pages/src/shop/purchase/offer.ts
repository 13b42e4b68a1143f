import type { RefusalCode } from '@flash-sale/contract/order-outcomes'
import type { ItemView } from '@flash-sale/contract/sales'
import type { PurchaseState } from './purchase.ts'
import type { SaleStage } from '../sales/sale-stage.ts'

/** What the button offers at this moment, or why it offers nothing. */
export type Offer =
  | 'BUY'
  | 'BUY_MORE'
  /** Continues an attempt that the page stopped sending by itself. */
  | 'SEND_AGAIN'
  | 'SENDING'
  | 'WAITING'
  | 'SIGN_IN'
  /** The page does not know the buyer yet, but will soon. */
  | 'ONE_MOMENT'
  | 'NOT_YET'
  | 'PAUSED'
  | 'OVER'
  | 'LIMIT_REACHED'
  | 'SOLD_OUT'

const pressable = new Set<Offer>(['BUY', 'BUY_MORE', 'SEND_AGAIN'])

/** Whether a press of the button does something. */
export function isPressable(offer: Offer): boolean {
  return pressable.has(offer)
}

/** Why a buyer cannot pick a number of units at this moment. */
export type PickingBarrier = Extract<Offer, 'OVER' | 'LIMIT_REACHED' | 'SOLD_OUT'>

const barriers: readonly Offer[] = ['OVER', 'LIMIT_REACHED', 'SOLD_OUT'] satisfies PickingBarrier[]

/** Why no number of units can be picked; undefined if it can be. Before the opening and during a pause a buyer picks ahead, to lose no time then. */
export function pickingBarrier(offer: Offer): PickingBarrier | undefined {
  return isBarrier(offer) ? offer : undefined
}

function isBarrier(offer: Offer): offer is PickingBarrier {
  return barriers.includes(offer)
}

/** What the button says when this page foresees a refusal; null: only the service knows. */
export const offerForeseeing = {
  SALE_CLOSED: 'OVER',
  SALE_PAUSED: 'PAUSED',
  SALE_NOT_OPEN: 'NOT_YET',
  LIMIT_REACHED: 'LIMIT_REACHED',
  SOLD_OUT: 'SOLD_OUT',
  KEY_CONFLICT: null,
  BUSY: null,
  OVERLOADED: null,
  OUTCOME_UNKNOWN: null,
  UNAVAILABLE: null,
} as const satisfies Record<RefusalCode, Offer | null>

interface Situation {
  readonly stage: SaleStage
  readonly item: Pick<ItemView, 'available' | 'purchaseLimit'>
  readonly purchase: PurchaseState['kind']
  readonly buyer: 'KNOWN' | 'UNKNOWN' | 'NOBODY'
  /** Units that the buyer holds, by the orders that this page has read. */
  readonly heldCount: number
  /** What a refusal says that is newer than this page's reading of the sale. */
  readonly refused?: Offer | undefined
}

/** An attempt under way goes before everything, since its outcome is what the buyer waits for; then the sale, then the stock. */
export function offerOf(situation: Situation): Offer {
  const { purchase, buyer, heldCount } = situation
  if (purchase === 'sending') return 'SENDING'
  if (purchase === 'waiting') return 'WAITING'
  const isNobody = buyer === 'NOBODY' || purchase === 'signedOut'
  const refusal = foreseeRefusal(situation)
  // A visitor may sign in before the opening or during a pause, but not for nothing.
  if (isNobody) return refusal === 'SALE_CLOSED' || refusal === 'SOLD_OUT' ? offerForeseeing[refusal] : 'SIGN_IN'
  if (purchase === 'stuck') return 'SEND_AGAIN'
  if (situation.refused) return situation.refused
  if (refusal) return offerForeseeing[refusal]
  if (buyer === 'UNKNOWN') return 'ONE_MOMENT'
  return heldCount > 0 ? 'BUY_MORE' : 'BUY'
}

function foreseeRefusal({ stage, item, heldCount }: Situation) {
  if (stage === 'over') return 'SALE_CLOSED'
  if (stage === 'paused') return 'SALE_PAUSED'
  if (stage === 'before') return 'SALE_NOT_OPEN'
  if (heldCount >= item.purchaseLimit) return 'LIMIT_REACHED'
  return item.available === 0 ? 'SOLD_OUT' : undefined
}
