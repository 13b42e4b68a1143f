import type { ItemRow } from '@flash-sale/database/items'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { expect, test } from 'vitest'
import { findAmiss } from './find-amiss.ts'

const nowMs = 1_800_000_000_000
const window = { opensAtMs: nowMs - 1_000, closesAtMs: nowMs + 1_000 }
const shared = { birth: '7', total: 10, totalVersion: 1, purchaseLimit: 2, epoch: 3, state: 'live', ...window } as const
const item: ItemRow = { ...shared, itemId: 1, saleId: 1, persisted: 4, isSettled: false }
const ledger: LedgerView = {
  ...shared,
  available: 6,
  sequence: 9,
  nowMs,
  outboxLength: 0,
  oldestEntryId: undefined,
  takesOffersOnly: false,
  lockedForMs: undefined,
}

test('nothing is amiss when both stores say the same', () => {
  expect(findAmiss(item, ledger, 2_000)).toBeNull()
})

test.each([
  ['UNSOUND', 'NOT_LOADED' as const],
  ['UNSOUND', { ...ledger, epoch: 2 }],
  ['FORGOTTEN', { ...ledger, epoch: 4 }],
  ['OFFERS_MISSED', { ...ledger, unitsLackingMax: 6 }],
  ['TOTAL_BEHIND', { ...ledger, total: 9 }],
  ['STATE_BEHIND', { ...ledger, state: 'paused' as const }],
  ['UNITS_DIFFER', { ...ledger, available: 5 }],
  ['OUTBOX_OLD', { ...ledger, oldestEntryId: `${nowMs - 2_001}-0` }],
])('%s', (amiss, found) => {
  expect(findAmiss(item, found, 2_000)).toBe(amiss)
})

test('an entry that is young is left to the doorbell', () => {
  expect(findAmiss(item, { ...ledger, available: 5, oldestEntryId: `${nowMs - 1_999}-0` }, 2_000)).toBeNull()
})

test('an entry from the future is drained: the clock was set back, and its ring may be lost', () => {
  expect(findAmiss(item, { ...ledger, oldestEntryId: `${nowMs + 3_600_000}-0` }, 2_000)).toBe('OUTBOX_OLD')
})
