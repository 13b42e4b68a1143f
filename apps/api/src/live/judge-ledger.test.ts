import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { expect, test } from 'vitest'
import { judgeLedger } from './judge-ledger.ts'

const atRest: LedgerView = {
  state: 'live',
  birth: '7',
  endedCount: 0,
  totalVersion: 0,
  epoch: 1,
  sequence: 5,
  total: 10,
  available: 7,
  purchaseLimit: 2,
  opensAtMs: 0,
  closesAtMs: 1,
  nowMs: 0,
  outboxLength: 0,
  oldestEntryId: undefined,
  takesOffersOnly: false,
  lockedForMs: undefined,
}
const row = { total: 10, persisted: 3, returningUnits: 0, epoch: 1 }

/** Judges readings that follow one another, and says what the last one is. */
function judgeInTurn(...readings: [row: typeof row, ledger: LedgerView | 'NOT_LOADED'][]) {
  let suspicion: string | undefined
  let judged
  for (const reading of readings) {
    judged = judgeLedger(...reading, suspicion)
    suspicion = judged.suspicion
  }
  return { invariant: judged?.invariant, faults: judged?.faults }
}

const less = { ...row, persisted: 2 }
const more = { ...row, persisted: 4 }

test('at rest, what is available and what is persisted make the total', () => {
  expect(judgeInTurn([row, atRest])).toEqual({ invariant: 'balanced' })
})

test('a difference that two readings at rest find is broken, with the units', () => {
  expect(judgeInTurn([less, atRest])).toEqual({ invariant: 'settling' })
  expect(judgeInTurn([less, atRest], [less, atRest]).faults).toEqual({ oversold: 0, undersold: 1 })
  expect(judgeInTurn([more, atRest], [more, atRest])).toEqual({
    invariant: 'broken',
    faults: { oversold: 1, undersold: 0 },
  })
})

test.each([
  ['the ledger sold in between', [less, atRest], [less, { ...atRest, sequence: 6 }]],
  ['rows were added in between', [{ ...row, persisted: 1 }, atRest], [less, atRest]],
  ['orders are on their way', [less, { ...atRest, outboxLength: 1 }], [less, { ...atRest, outboxLength: 1 }]],
  ['orders were on their way at the first reading', [less, { ...atRest, outboxLength: 1 }], [less, atRest]],
  ['somebody holds the item', [less, { ...atRest, lockedForMs: 9 }], [less, { ...atRest, lockedForMs: 9 }]],
  [
    'a restock is on its way and nothing else differs',
    [{ ...row, total: 20 }, atRest],
    [{ ...row, total: 20 }, atRest],
  ],
  ['a restock is on its way', [{ ...less, total: 20 }, atRest], [{ ...less, total: 20 }, atRest]],
  [
    'the ledger was made anew in between',
    [less, atRest],
    [
      { ...less, epoch: 2 },
      { ...atRest, epoch: 2 },
    ],
  ],
] as [string, [typeof row, LedgerView], [typeof row, LedgerView]][])(
  'a difference is not proven when %s',
  (_why, first, second) => {
    expect(judgeInTurn(first, second)).toEqual({ invariant: 'settling' })
  },
)

test.each([[7], [8], [9]])(
  'units that are returning may be in the ledger already or not: %i available',
  (available) => {
    const returning = { ...row, persisted: 1, returningUnits: 2 }
    const reading = [returning, { ...atRest, available }] as [typeof row, LedgerView]
    expect(judgeInTurn(reading, reading)).toEqual({ invariant: 'settling' })
  },
)

test.each([
  [6, { oversold: 0, undersold: 1 }],
  [10, { oversold: 1, undersold: 0 }],
])('beyond the units that are returning a difference is broken: %i available', (available, faults) => {
  const returning = { ...row, persisted: 1, returningUnits: 2 }
  const reading = [returning, { ...atRest, available }] as [typeof row, LedgerView]
  expect(judgeInTurn(reading, reading)).toEqual({ invariant: 'broken', faults })
})

test('more persisted than there is, or less than nothing available, is broken at once', () => {
  const oversold = { invariant: 'broken', faults: { oversold: 2, undersold: 0 } }
  expect(
    judgeInTurn([
      { ...row, persisted: 12 },
      { ...atRest, outboxLength: 3 },
    ]),
  ).toEqual(oversold)
  expect(judgeInTurn([row, { ...atRest, available: -2 }])).toEqual(oversold)
})

test('a ledger that is missing, or of another epoch, cannot be judged', () => {
  expect(judgeInTurn([row, 'NOT_LOADED'])).toEqual({ invariant: 'unavailable' })
  expect(judgeInTurn([{ ...row, epoch: 2 }, atRest])).toEqual({ invariant: 'unavailable' })
})
