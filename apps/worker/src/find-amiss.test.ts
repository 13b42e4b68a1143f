import type { ItemRow } from '@flash-sale/database/items'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { expect, test } from 'vitest'
import { findAmiss } from './find-amiss.ts'

const nowMs = 1_800_000_000_000
const window = { opensAtMs: nowMs - 1_000, closesAtMs: nowMs + 1_000 }
const shared = {
  birth: '7',
  total: 10,
  totalVersion: 1,
  endedCount: 1,
  purchaseLimit: 2,
  epoch: 3,
  state: 'live',
  ...window,
} as const
const item: ItemRow = { ...shared, itemId: 1, saleId: 1, persisted: 4, returningUnits: 0, isSettled: false }
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
  ['FORGOTTEN', { ...ledger, endedCount: 2 }],
  ['OFFERS_MISSED', { ...ledger, unitsLackingMax: 6 }],
  ['TOTAL_BEHIND', { ...ledger, total: 9 }],
  ['STATE_BEHIND', { ...ledger, state: 'paused' as const }],
  ['UNITS_DIFFER', { ...ledger, available: 5 }],
  ['OUTBOX_OLD', { ...ledger, oldestEntryId: `${nowMs - 2_001}-0` }],
])('%s', (amiss, found) => {
  expect(findAmiss(item, found, 2_000)).toBe(amiss)
})

test.each([[6], [8], [10]])(
  'units that are returning may be in the ledger already or not: %i available of 10, 4 of them returning',
  (available) => {
    const returning = { ...item, persisted: 0, returningUnits: 4 }
    expect(findAmiss(returning, { ...ledger, available }, 2_000)).toBeNull()
  },
)

test.each([[5], [11]])('beyond the units that are returning, units differ: %i available of 10', (available) => {
  const returning = { ...item, persisted: 0, returningUnits: 4 }
  expect(findAmiss(returning, { ...ledger, available }, 2_000)).toBe('UNITS_DIFFER')
})

test('the books of an ended sale stay open while units are returning', () => {
  const over = { ...ledger, nowMs: item.closesAtMs }
  expect(findAmiss({ ...item, persisted: 3, returningUnits: 1 }, over, 2_000)).toBeNull()
  expect(findAmiss(item, over, 2_000)).toBe('UNSETTLED')
})

test('an entry that is young is left to the doorbell', () => {
  expect(findAmiss(item, { ...ledger, available: 5, oldestEntryId: `${nowMs - 1_999}-0` }, 2_000)).toBeNull()
})

test('an entry from the future is drained: the clock was set back, and its ring may be lost', () => {
  expect(findAmiss(item, { ...ledger, oldestEntryId: `${nowMs + 3_600_000}-0` }, 2_000)).toBe('OUTBOX_OLD')
})
