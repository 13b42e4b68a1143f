import type { LiveItem, LiveLock } from '@flash-sale/contract/live'
import type { LiveItemRow } from '@flash-sale/database/live-items'
import type { LockHolder } from '@flash-sale/lock/lease-scripts'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { stateAt } from '../sales/view-sale.ts'
import type { Judgement } from './judge-ledger.ts'

export interface LiveItemFacts {
  readonly row: LiveItemRow
  readonly ledger: LedgerView | 'NOT_LOADED'
  /** By Redis' clock. */
  readonly nowMs: number
  readonly judgement: Judgement
  /** As it was counted last. */
  readonly paidUnits: number
  readonly unread: LiveItem['unread']
  readonly holder?: LockHolder | undefined
  /** When the newest waiting order was accepted, if it was read. */
  readonly newestEntryAtMs?: number | undefined
}

/** One item as operators see it. The parts always sum to the total; `invariant` tells whether the stores agree with that. */
export function viewLiveItem(facts: LiveItemFacts): LiveItem {
  const { row, ledger, nowMs, judgement, paidUnits, unread, holder } = facts
  const { opensAt, closesAt } = row
  const { firstSoldAtMs, soldOutAtMs } = soldAt(facts)
  const { invariant, faults } = judgement
  return {
    itemId: row.itemId,
    saleId: row.saleId,
    saleName: row.saleName,
    sku: row.sku,
    name: row.name,
    priceCents: row.priceCents,
    ...(row.currency !== null && { currency: row.currency }),
    purchaseLimit: row.purchaseLimit,
    state: stateAt({ state: row.saleState, opensAt, closesAt }, nowMs),
    opensAt: opensAt.toISOString(),
    closesAt: closesAt.toISOString(),
    ...partsOf(row, ledger, paidUnits),
    asksForPayment: row.asksForPayment,
    oldestOutboxAgeMs: Math.max(0, nowMs - (oldestEntryAtMs(ledger) ?? nowMs)),
    invariant,
    ...(unread && { unread }),
    ...(faults && { faults }),
    ...(firstSoldAtMs !== undefined && { firstSoldAt: momentOf(firstSoldAtMs) }),
    ...(soldOutAtMs !== undefined && { soldOutAt: momentOf(soldOutAtMs) }),
    ...(holder && { lock: viewLock(holder, nowMs) }),
  }
}

type Parts = Pick<LiveItem, 'total' | 'available' | 'outboxUnits' | 'confirmedUnits' | 'paidUnits' | 'returningUnits'>

function partsOf(row: LiveItemRow, ledger: LedgerView | 'NOT_LOADED', paidCount: number): Parts {
  const total = ledger === 'NOT_LOADED' ? row.total : ledger.total
  const activeUnits = Math.min(row.persisted, total)
  const paidUnits = Math.min(paidCount, activeUnits)
  const left = total - activeUnits
  // Nothing can be ordered without a ledger. The units that Postgres does not count are the nearest number to show.
  const missing = Math.min(row.returningUnits, left)
  const available = ledger === 'NOT_LOADED' ? left - missing : Math.max(0, Math.min(ledger.available, left))
  // The ledger may have them back already.
  const returningUnits = Math.min(row.returningUnits, left - available)
  const outboxUnits = left - available - returningUnits
  return { total, available, outboxUnits, confirmedUnits: activeUnits - paidUnits, paidUnits, returningUnits }
}

function soldAt({ row, ledger, judgement, newestEntryAtMs }: LiveItemFacts) {
  const firstSoldAtMs = row.firstAcceptedAt?.getTime() ?? oldestEntryAtMs(ledger)
  if (ledger === 'NOT_LOADED' || ledger.available > 0) return { firstSoldAtMs }
  // At rest the last order is the last row; before that it waits in the outbox.
  const lastRowAtMs = judgement.invariant === 'balanced' ? row.lastAcceptedAt?.getTime() : undefined
  return { firstSoldAtMs, soldOutAtMs: newestEntryAtMs ?? lastRowAtMs }
}

/** An id of a stream begins with the time of its making. */
function oldestEntryAtMs(ledger: LedgerView | 'NOT_LOADED'): number | undefined {
  if (ledger === 'NOT_LOADED' || ledger.oldestEntryId === undefined) return undefined
  return Number(ledger.oldestEntryId.split('-')[0])
}

/** Some holders have no label: batches under RESERVE_STRATEGY=lease, and keys that a person sets. */
function viewLock({ label, sinceMs, remainingMs }: LockHolder, nowMs: number): LiveLock {
  const expiresInMs = Number.isFinite(remainingMs) ? Math.round(remainingMs) : Number.MAX_SAFE_INTEGER
  return { holder: label ?? 'a holder without a name', since: momentOf(sinceMs ?? nowMs), expiresInMs }
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString()
}
