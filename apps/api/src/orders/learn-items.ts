import { readItemsOnSale } from '@flash-sale/database/items'
import type { ApiContext } from '../api-context.ts'

export interface ItemLearning {
  close(): void
}

/** An item is known this long before its sale opens, in ms. */
const aheadMs = 60_000
const everyMsDefault = 5_000
const itemCountMax = 2_000

/**
 * Keeps the items known that are on sale, or soon will be. Otherwise the first order of an item asks Postgres, so a sale that opens while
 * Postgres is away would sell nothing at a process that was never asked for it.
 */
export function startLearningItems(
  { stores: { database }, ledgers }: Pick<ApiContext, 'stores' | 'ledgers'>,
  everyMs = everyMsDefault,
): ItemLearning {
  let isBusy = false
  let isClosed = false

  async function learn(): Promise<void> {
    const items = await readItemsOnSale(database, { aheadMs, countMax: itemCountMax })
    const isNew = ({ itemId, birth, epoch }: (typeof items)[number]) => {
      const known = ledgers.get(itemId)
      return known?.birth !== birth || known.epoch < epoch
    }
    // The connections may be gone by now.
    if (isClosed) return
    // All look-ups of one moment share one query.
    await Promise.all(items.filter(isNew).map(({ itemId }) => ledgers.refresh(itemId)))
  }

  function look(): void {
    // A question that Postgres leaves open holds a connection, so there is one at a time.
    if (isBusy) return
    isBusy = true
    void learn()
      .catch(() => undefined)
      .finally(() => (isBusy = false))
  }

  look()
  const timer = setInterval(look, everyMs).unref()
  return {
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}
