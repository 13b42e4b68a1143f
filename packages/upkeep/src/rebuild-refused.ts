import type { RebuildRefusal } from '@flash-sale/stock/rebuild-ledger'
import { HoldLostError } from './hold-item.ts'

/** Why a rebuild ends that a script refused to go on with: the item is another holder's, or it was begun in another Redis. */
export function rebuildRefused(itemId: number, refusal: RebuildRefusal): Error {
  if (refusal === 'LEASE_LOST') return new HoldLostError(itemId)
  return new Error(`the rebuild of item ${itemId} ended with ${refusal}`)
}

/** Why a rebuild ends that finds another item under its number: Postgres was restored meanwhile. The next rebuild begins with that one. */
export function postgresExchanged(itemId: number): Error {
  return new Error(
    `Postgres was restored during the rebuild of item ${itemId}: it does not know the item, or its epoch, any more`,
  )
}
