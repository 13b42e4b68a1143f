import { expect, test } from 'vitest'
import { auditHolds, type SaleAudit } from './audit-sale.ts'
import { printAudit } from './print-audit.ts'

const good: SaleAudit = {
  total: 1_000,
  sold: 1_000,
  purchaseLimit: 2,
  orders: 667,
  paid: { orders: 667, units: 1_000 },
  paying: { orders: 0, units: 0 },
  expired: { orders: 74, units: 110 },
  cancelled: { orders: 64, units: 96 },
  boughtByLateMoney: 12,
  money: { paymentCount: 680, refundCount: 13, astrayCount: 0 },
  places: { available: 0, outboxUnits: 0, activeUnits: 1_000, returningUnits: 0 },
  acceptedOrders: 805,
  firstOrders: 667,
  lost: 0,
  duplicates: 0,
  limitBreaches: 0,
  oversold: 0,
  undersold: 0,
  isBalanced: true,
  waitingUnits: 0,
  acceptingMs: 200,
  persistingMs: 250,
  drainMs: 50,
  p50Ms: 4.2,
  p99Ms: 31,
}

function printed(audit: SaleAudit): string[] {
  const lines: string[] = []
  printAudit(audit, {
    isInteractive: false,
    paint: (_style, text) => text,
    line: (text = '') => lines.push(text),
    busy: () => undefined,
    divert: () => () => undefined,
  })
  return lines
}

test('every line of a good audit fits a terminal of 80 columns, its numbers one under the other', () => {
  const lines = printed(good)
  expect(auditHolds(good)).toBe(true)
  expect(lines.join('\n')).not.toContain('✘')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  const table = lines.filter((line) => /^ {2}[✔ ] \S/.test(line) && !line.includes('All well'))
  // 14 columns for a name, 14 for a number.
  for (const line of table) expect(line.slice(4 + 14 + 2, 4 + 14 + 2 + 14)).toMatch(/\S$/)
})

test('a payment that somebody has begun in the shop is no fault', () => {
  const audit = { ...good, paid: { orders: 666, units: 999 }, paying: { orders: 1, units: 1 } }
  expect(auditHolds(audit)).toBe(true)
  expect(printed(audit).join('\n')).toContain('999 of 1,000  units, 12 orders by late money, 1 being paid')
})

test('the audit says where every unit is, and what became of those that came back', () => {
  const lines = printed(good)
  expect(lines).toContain('    available 0 + outbox 0 + active 1,000 + returning 0 = 1,000 of 1,000 units')
  expect(lines.some((line) => /^ {4}sold again +206 of 206 {2}/.test(line))).toBe(true)
})

test.each([
  ['units sold', { sold: 999, paid: { orders: 666, units: 999 } }],
  ['paid', { paid: { orders: 666, units: 999 } }],
  ['money astray', { money: { ...good.money, astrayCount: 1 } }],
  ['oversold', { oversold: 1 }],
  ['undersold', { undersold: 1 }],
  ['lost', { lost: 1 }],
  ['duplicates', { duplicates: 1 }],
  ['limit breaches', { limitBreaches: 1 }],
  ['stores agree', { isBalanced: false }],
] as const)('a fault in "%s" is marked, and the audit does not hold', (name, fault) => {
  const audit = { ...good, ...fault }
  expect(auditHolds(audit)).toBe(false)
  expect(printed(audit).filter((line) => line.startsWith('  ✘'))).toEqual([
    expect.stringMatching(`^  ✘ ${name} `),
    '  ✘ Not well: see the lines marked ✘.',
  ])
})
