import type { ItemView } from '@flash-sale/contract/sales'
import { useEffect, useSyncExternalStore } from 'react'
import type { PurchaseState } from './purchase.ts'
import type { ShopSession } from '../session/shop-session.ts'

const ready: PurchaseState = { kind: 'ready' }
const alwaysReady = () => ready
const neverChanges = () => () => {}

/** The buyer's purchase of the item. It continues an attempt that a reload interrupted. */
export function usePurchase(
  session: ShopSession | null | undefined,
  item: ItemView,
  onTokenRefused: (session: ShopSession) => void,
) {
  const purchase = session?.purchaseOf(item)
  const state = useSyncExternalStore(purchase?.subscribe ?? neverChanges, purchase?.state ?? alwaysReady)

  useEffect(() => {
    if (!purchase) return undefined
    purchase.resume()
    addEventListener('online', purchase.sendNow)
    return () => removeEventListener('online', purchase.sendNow)
  }, [purchase])

  useEffect(() => {
    if (session && state.kind === 'signedOut') onTokenRefused(session)
  }, [session, state.kind, onTokenRefused])

  return { state, purchase }
}
