import { listSettledItems, unsettleItems } from '@flash-sale/database/unsettled-items'
import { areSettled } from '@flash-sale/stock/read-ledger'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Sweep } from './sweep.ts'

/** Two commands of Redis an item: with the pause between two looks, the bound of what all ended sales cost a worker at rest. */
const pageSize = 100

/**
 * The sweep of settled items, which nobody touches: a ledger of one that is not as its settlement left it (an old copy of its keys
 * came back, or a worker of the version before adopted orders into it) has its item looked at by the other sweeps again.
 */
export function createSettledSweep({ redis, database }: Pick<Stores, 'redis' | 'database'>): Sweep {
  let afterId = 0
  let mendedCount = 0

  return {
    async look() {
      const items = await listSettledItems(database, afterId, pageSize)
      const isLast = items.length < pageSize
      afterId = isLast ? 0 : items.at(-1)!.itemId
      const books = items.map(({ persisted, ...item }) => ({ ...item, available: item.total - persisted }))
      const areAsLeft = await areSettled(redis, books)
      const changed = items.filter((_, i) => !areAsLeft[i]).map(({ itemId }) => itemId)
      if (changed.length > 0) await unsettleItems(database, changed)
      mendedCount += changed.length
      return { isLast }
    },
    get mendedCount() {
      return mendedCount
    },
    settled: async () => undefined,
  }
}
