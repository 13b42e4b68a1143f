import type { ItemRow } from '@flash-sale/database/items'
import { listUnsettledItems, type ItemTier } from '@flash-sale/database/unsettled-items'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { Stores } from '@flash-sale/upkeep/stores'
import { findAmiss } from './find-amiss.ts'
import type { Suspect } from './urgency.ts'

export interface SuspectReaderOptions {
  readonly stores: Pick<Stores, 'redis' | 'database'>
  readonly tier: ItemTier
  /** Items read in one go. */
  readonly pageSize: number
  /** Pages of one reading. */
  readonly pageCountMax: number
  /** An outbox entry older than this was not heard of through the queue. */
  readonly outboxAgeMaxMs: number
  /** Told what each page read, and since when it asked (by `performance.now()`). */
  readonly onLooked?: ((item: ItemRow, ledger: LedgerView | 'NOT_LOADED', askedAtMs: number) => void) | undefined
}

interface Suspects {
  readonly suspects: readonly Suspect[]
  /** No items of the tier come after these. */
  readonly isLast: boolean
}

/**
 * Makes a function that compares the next pages of a tier's items with their ledgers, all items in turn, and resolves with the suspects
 * among them. It rejects if a store does not answer: the next call reads the same pages again.
 */
export function createSuspectReader(options: SuspectReaderOptions): () => Promise<Suspects> {
  const { stores, tier, pageSize, pageCountMax, outboxAgeMaxMs, onLooked } = options
  let afterId = 0

  async function readPage(pageAfterId: number): Promise<Suspects & { readonly lastId: number }> {
    const askedAtMs = performance.now()
    const items = await listUnsettledItems(stores.database, tier, pageAfterId, pageSize)
    const ledgers = await readLedgers(
      stores.redis,
      items.map(({ itemId }) => itemId),
    )
    const suspects: Suspect[] = []
    for (const [i, item] of items.entries()) {
      onLooked?.(item, ledgers[i]!, askedAtMs)
      const amiss = findAmiss(item, ledgers[i]!, outboxAgeMaxMs)
      if (amiss !== null) suspects.push({ item, amiss })
    }
    const isLast = items.length < pageSize
    return { suspects, isLast, lastId: isLast ? 0 : items.at(-1)!.itemId }
  }

  return async () => {
    const suspects: Suspect[] = []
    for (let lastId = afterId, pageCount = 1; ; pageCount += 1) {
      const page = await readPage(lastId)
      suspects.push(...page.suspects)
      lastId = page.lastId
      if (page.isLast || pageCount === pageCountMax) {
        afterId = lastId
        return { suspects, isLast: page.isLast }
      }
    }
  }
}
