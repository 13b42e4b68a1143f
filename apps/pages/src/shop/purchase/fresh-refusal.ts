import type { Offer } from './offer.ts'
import type { PurchaseState, RefusedPurchase } from './purchase.ts'

/**
 * The age of a reading of a sale at most, in ms: the service and shared caches keep the answer this long. A reading that comes sooner
 * after a refusal may be older than the refusal.
 */
const readingAgeMaxMs = 1_500

/** The refusal, if it is newer than the page's reading of the sale. Undefined once a later reading decides. */
export function freshRefusal(state: PurchaseState, saleReadAtMs: number): RefusedPurchase | undefined {
  return state.kind === 'refused' && saleReadAtMs < state.atMs + readingAgeMaxMs ? state : undefined
}

/** Whether later readings show that the refused press would succeed now. */
export function isOutdated(state: PurchaseState, saleReadAtMs: number, isOpen: boolean, available: number): boolean {
  if (state.kind !== 'refused' || !isOpen || freshRefusal(state, saleReadAtMs)) return false
  if (state.refusal === 'SOLD_OUT') return available >= state.quantity
  return state.refusal !== 'LIMIT_REACHED' && state.refusal !== 'NOT_UNDERSTOOD' && available > 0
}

/** The most units that the buyer may pick after a refusal: fewer than were refused, if their number was the reason. */
export function quantityMaxAfter(refused: RefusedPurchase | undefined): number {
  const isForQuantity = refused?.refusal === 'SOLD_OUT' || refused?.refusal === 'LIMIT_REACHED'
  return isForQuantity ? refused.quantity - 1 : Infinity
}

/** What the button says after a refusal, whatever the older reading of the sale says. Undefined if a press may succeed. */
export function offerAfter(refused: RefusedPurchase | undefined): Offer | undefined {
  switch (refused?.refusal) {
    case 'SALE_PAUSED':
      return 'PAUSED'
    case 'SALE_NOT_OPEN':
      return 'NOT_YET'
    case 'SALE_CLOSED':
    case 'ITEM_NOT_FOUND':
      return 'OVER'
    case 'SOLD_OUT':
    case 'LIMIT_REACHED':
      return refused.quantity === 1 ? refused.refusal : undefined
    default:
      return undefined
  }
}
