import { readOldestEntryIds } from '@flash-sale/stock/outbox'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import type { Redis } from 'ioredis'

/** Whether what waits in the outboxes gets persisted, by this worker or another. */
export interface OutboxProgress {
  /** To be told of each reading of an item's ledger. */
  looked(itemId: number, ledger: LedgerView | 'NOT_LOADED'): void
  /** Why a worker is not at work, in a sentence: orders wait, and none was persisted for a while. Undefined if it is. */
  findStandstill(): Promise<string | undefined>
}

interface Oldest {
  readonly entryId: string
  readonly sinceMs: number
}

/** Several times what the sweep takes to find an entry that nobody rang for. */
const standstillMsDefault = 6_000
/** Outboxes that are looked at before a standstill is told. A reading carries the entry itself, which may hold 256 orders. */
const verifiedCountMax = 20

/** Compares the oldest entries of the outboxes from reading to reading: where one went, orders were persisted. */
export function createOutboxProgress(redis: Redis, standstillMs = standstillMsDefault): OutboxProgress {
  const oldest = new Map<number, Oldest>()
  let wentAtMs = performance.now()

  function note(itemId: number, entryId: string | undefined): void {
    const before = oldest.get(itemId)
    if (before?.entryId === entryId) return
    const nowMs = performance.now()
    if (before) wentAtMs = nowMs
    if (entryId === undefined) oldest.delete(itemId)
    else oldest.set(itemId, { entryId, sinceMs: nowMs })
  }

  function hasStandstill(): boolean {
    const beforeMs = performance.now() - standstillMs
    return wentAtMs < beforeMs && [...oldest.values()].some(({ sinceMs }) => sinceMs < beforeMs)
  }

  return {
    looked(itemId, ledger) {
      // The outbox of a ledger that is being made anew is the rebuild's.
      if (ledger === 'NOT_LOADED') oldest.delete(itemId)
      else note(itemId, ledger.oldestEntryId)
    },
    async findStandstill() {
      if (!hasStandstill()) return undefined
      // The sweep does not look at an item any more that another worker settled.
      const itemIds = [...oldest.keys()].slice(0, verifiedCountMax)
      const entryIds = await readOldestEntryIds(redis, itemIds)
      for (const [i, itemId] of itemIds.entries()) note(itemId, entryIds[i])
      if (!hasStandstill()) return undefined
      const seconds = Math.round((performance.now() - wentAtMs) / 1_000)
      return `Orders wait in the outbox, and none was persisted for ${seconds} s.`
    },
  }
}
