import type { Offer } from './offer.ts'
import type { PurchaseState, RefusedPurchase } from './purchase.ts'

/** The refusal, if it is newer than what the page knows of the sale (true at `asOfMs`). Undefined once newer knowledge decides. */
export function freshRefusal(state: PurchaseState, asOfMs: number): RefusedPurchase | undefined {
  return state.kind === 'refused' && asOfMs < state.atMs ? state : undefined
}

/** Whether newer knowledge shows that the refused press would succeed now. */
export function isOutdated(state: PurchaseState, asOfMs: number, isOpen: boolean, available: number): boolean {
  if (state.kind !== 'refused' || !isOpen || freshRefusal(state, asOfMs)) return false
  if (state.refusal === 'SOLD_OUT') return available >= state.quantity
  return state.refusal !== 'LIMIT_REACHED' && state.refusal !== 'NOT_UNDERSTOOD' && available > 0
}

/** The most units that the buyer may pick after a refusal: fewer than were refused, if their number was the reason. */
export function quantityMaxAfter(refused: RefusedPurchase | undefined): number {
  const isForQuantity = refused?.refusal === 'SOLD_OUT' || refused?.refusal === 'LIMIT_REACHED'
  return isForQuantity ? refused.quantity - 1 : Infinity
}

/** The most units that are left after a refusal: fewer than were refused, if too few were left. */
export function leftMaxAfter(refused: RefusedPurchase | undefined): number {
  return refused?.refusal === 'SOLD_OUT' ? refused.quantity - 1 : Infinity
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
