import type { Ground } from '../ground.ts'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { forgetItems, openItems, requireSold } from '../load/sales.ts'
import type { Api } from '../stack.ts'
import { pressSlice, requireStatus, type Slice, type SliceOptions } from './slice.ts'

export interface SellSliceOptions extends Pick<SliceOptions, 'worker' | 'connections' | 'until'> {
  readonly servers: readonly Api[]
  readonly itemCount?: number
  /** So many orders, each of a buyer who was never there before, instead of as many as the slice allows of buyers who come again and again. */
  readonly newBuyerCount?: number
  /** The items stay: their orders are still to be persisted. */
  readonly isKept?: boolean
  /** Called when the items are there, before the first order. */
  readonly beforePress?: () => Promise<void>
}

export const acceptedStatus = 202

/** A bound of a slice that ends once all of its buyers have come. */
export const untilAllCame = { ms: 60_000 }

/** Sells from new items for a slice, each order accepted, and audits what was sold. */
export async function sellSlice(ground: Ground, options: SellSliceOptions): Promise<Slice> {
  const { itemCount = 1, isKept = false, newBuyerCount, beforePress, ...press } = options
  const { buyers, settings, secrets } = ground
  const api = options.servers[0]!
  const itemIds = await openItems(api, itemCount)
  const bodies = itemIds.map(oneOf)
  const connections = options.connections ?? settings.connections
  // Neighbours ask for different items, as buyers do; each connection comes to all of them in its turns.
  const requestsOf = ordersOf(buyers, connections, (connection, turn) => ({
    body: bodies[(Math.floor(connection / options.servers.length) + turn) % itemCount]!,
  }))
  await beforePress?.()
  const name = `new-to-${itemIds[0]}`
  const slice = await pressSlice(ground, {
    ...press,
    ...(newBuyerCount === undefined
      ? { requestsOf }
      : { newBuyers: { jwtSecret: secrets.JWT_SECRET, name, count: newBuyerCount, bodies }, until: untilAllCame }),
  })
  requireStatus(slice, acceptedStatus)
  await requireSold(api, itemIds, slice.answerCount)
  if (!isKept) await forgetItems(ground, itemIds)
  return slice
}
