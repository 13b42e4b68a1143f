import { readItem } from '@flash-sale/database/items'
import { listReturningOrders, noteUnitsBack, type ReturningOrder } from '@flash-sale/database/returning-orders'
import { unsettleItems } from '@flash-sale/database/unsettled-items'
import { orderUuid, shortOrderId } from '@flash-sale/stock/order-id'
import { release, type Released, type ReleasedUnits } from '@flash-sale/stock/release'
import type { Stores } from './stores.ts'

export type GivenBack =
  /** `count`: orders whose units are back now; 0 when none of them was returning. `unknownIds`: UUIDs that the ledger never had. */
  | { readonly kind: 'BACK'; readonly count: number; readonly unknownIds: readonly string[] }
  /** The ledger is held by another, or cannot be believed. The orders stay returning, and the sweep comes again. */
  | { readonly kind: 'LATER' }

/** As many as `release.lua` takes. */
export const giveBackCountMax = 1_024

/**
 * Gives the units of ended orders back to the ledger, and then notes that in Postgres: of these orders (UUIDs) or of the oldest of the item,
 * at most `giveBackCountMax`. Any number of processes may do so at once, and be killed between the steps: the ledger gives back once for
 * each order. A ledger that was rebuilt since has loaded the order as returned, and says that it was given back before. One that does not
 * know the order counts its units as available already. So each of these answers ends the returning.
 */
export async function giveBack(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
  orderIds?: readonly string[],
): Promise<GivenBack> {
  const orders = await listReturningOrders(database, itemId, giveBackCountMax, orderIds)
  if (orders.length === 0) return { kind: 'BACK', count: 0, unknownIds: [] }
  const item = await readItem(database, itemId)
  if (!item) return { kind: 'LATER' }
  const { birth, epoch } = item
  const unknownIds: string[] = []
  for (const [units, chosen] of byUnits(orders)) {
    if (chosen.length === 0) continue
    const shortIds = chosen.map(({ orderId }) => shortOrderId(orderId))
    const released = await release(redis, itemId, { owner: '', birth, epoch }, shortIds, units)
    if (released.kind !== 'RELEASED') {
      // The sweep passes over a settled item, and so nothing else would load its ledger.
      await unsettleItems(database, [itemId])
      return { kind: 'LATER' }
    }
    unknownIds.push(...shortIds.filter((_, i) => isUnknown(released.outcomes[i]!)).map(orderUuid))
    await noteUnitsBack(
      database,
      itemId,
      chosen.map(({ orderId }) => orderId),
    )
  }
  return { kind: 'BACK', count: orders.length, unknownIds }
}

function byUnits(orders: readonly ReturningOrder[]): [ReleasedUnits, ReturningOrder[]][] {
  return [
    ['sell', orders.filter(({ isWithdrawn }) => !isWithdrawn)],
    ['withdraw', orders.filter(({ isWithdrawn }) => isWithdrawn)],
  ]
}

function isUnknown(outcome: Released): boolean {
  return outcome === 'UNKNOWN'
}
