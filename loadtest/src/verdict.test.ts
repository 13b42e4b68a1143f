import type { ItemAudit } from '@flash-sale/contract/ops'
import { describe, expect, test } from 'vitest'
import { judgeAudit } from '@flash-sale/kit/judge-audit'
import type { K6Metric, K6Summary } from './k6-summary.ts'
import { judgeRun } from './verdict.ts'

const item = { itemId: 7, sku: 'drop', total: 100, totalAtEnd: 100, purchaseLimit: 2 }

/** 60 orders for 100 units: 90 taken, 10 left. */
const sound: ItemAudit = {
  itemId: 7,
  epoch: 1,
  total: 100,
  available: 10,
  outboxUnits: 0,
  activeUnits: 90,
  returningUnits: 0,
  rows: 60,
  oversold: 0,
  undersold: 0,
  duplicates: 0,
  limitBreaches: 0,
  drift: 0,
  balanced: true,
}
const told = { acceptedCount: 60, ambiguousCount: 0 }

describe('an audit is judged by its numbers', () => {
  test('a sound one has no fault', () => {
    expect(judgeAudit(item, sound, told)).toEqual([])
  })

  test.each<[string, Partial<ItemAudit>, RegExp]>([
    ['a unit sold twice', { activeUnits: 91 }, /^I1 .*available 10 \+ outbox 0 \+ active 91 = 101 of 100$/],
    ['stock below nothing', { available: -1, activeUnits: 101 }, /^I1 /],
    ['what the service itself calls oversold', { oversold: 1 }, /^I1 /],
    ['a unit that nobody has', { available: 9 }, /^I2 .* = 99 of 100$/],
    ['what the service itself calls undersold', { undersold: 1 }, /^I2 /],
    ['units that were added twice', { total: 150, available: 60 }, /^I2 .*the total is 150, and should be 100$/],
    ['an accepted order without a row', { rows: 59 }, /^I3 .*60 orders were answered 202, 59 have a row$/],
    ['a row that nobody was told of', { rows: 61 }, /^I4 .*61 rows for 60 orders answered 202 and 0 unclear answers$/],
    ['an order with two rows', { duplicates: 1 }, /^I4 /],
    ['rows that the counters do not match', { drift: 3 }, /^I4 .*differ by 3$/],
    ['a buyer over the limit', { limitBreaches: 1 }, /^I5 .*1 buyers hold more than 2$/],
    ['an outbox that never empties', { outboxUnits: 5, activeUnits: 85 }, /^I9 .*5 units are still in the outbox$/],
    [
      'units that never come back',
      { returningUnits: 5, activeUnits: 85 },
      /^I11 .*5 units of ended orders are not back$/,
    ],
    ['an audit that calls itself unbalanced', { balanced: false }, /^I2 .*the service itself/],
  ])('%s is a fault, though it is called balanced', (_, forged, fault) => {
    const faults = judgeAudit(item, { ...sound, ...forged }, told)
    expect(faults.map(({ invariant, text }) => `${invariant}: ${text}`)).toEqual([expect.stringMatching(fault)])
  })

  test('no audit is a fault', () => {
    expect(judgeAudit(item, undefined, told)).toMatchObject([{ invariant: 'I9 liveness' }])
  })

  test('an order whose answer was lost may have a row, and need not', () => {
    const unclear = { acceptedCount: 59, ambiguousCount: 1 }
    expect(judgeAudit(item, sound, unclear)).toEqual([])
    expect(judgeAudit(item, { ...sound, rows: 59 }, unclear)).toEqual([])
    expect(judgeAudit(item, { ...sound, rows: 61 }, unclear)).toMatchObject([{ invariant: 'I4 exactly once' }])
  })
})

const counter = (count: number): K6Metric => ({ type: 'counter', values: { count, rate: 1 } })

describe('a run', () => {
  const holds: K6Metric = { ...counter(0), thresholds: { 'count==0': { ok: true } } }
  const check = { name: 'a retry is told that it is one', passes: 9, fails: 0 }
  const summary: K6Summary = {
    metrics: { accepted_item_7: counter(60), unexpected_answers: holds },
    state: { testRunDurationMs: 1_000 },
    root_group: { checks: [check], groups: [] },
  }

  test('passes when the stores have what the buyers were told', () => {
    expect(judgeRun(summary, [item], [sound])).toEqual({
      items: [{ item, acceptedCount: 60, audit: sound, faults: [] }],
      failures: [],
    })
  })

  test('fails on a forged audit, and says which invariant of which item', () => {
    const { failures } = judgeRun(summary, [item], [{ ...sound, rows: 59 }])
    expect(failures).toEqual(['invariant I3 nothing lost, item drop: 60 orders were answered 202, 59 have a row'])
  })

  test('fails on money for which nobody got anything', () => {
    const violation = {
      invariant: 'I12',
      fault: 'MONEY_WITHOUT_GOODS',
      detail: 'payment p: 0 paid orders, 0 refunds',
    } as const
    const { failures } = judgeRun(summary, [item], [sound], [violation])
    expect(failures).toEqual(['invariant I12 money: payment p: 0 paid orders, 0 refunds'])
  })

  test('fails when k6 was told of an order more than there are', () => {
    const { failures } = judgeRun({ ...summary, metrics: { accepted_item_7: counter(61) } }, [item], [sound])
    expect(failures).toEqual([expect.stringMatching(/^invariant I3 /)])
  })

  test('fails on a threshold that k6 found crossed, with what was measured', () => {
    const slow: K6Metric = { type: 'trend', values: { 'p(99)': 1_234.5 }, thresholds: { 'p(99)<1000': { ok: false } } }
    const { failures } = judgeRun(
      { ...summary, metrics: { ...summary.metrics, accept_duration: slow } },
      [item],
      [sound],
    )
    expect(failures).toEqual(['threshold accept_duration p(99)<1000: it was 1,235'])
  })

  test('fails on a check, also one inside a group', () => {
    const group = { checks: [{ ...check, fails: 1 }], groups: [] }
    const { failures } = judgeRun({ ...summary, root_group: { checks: [], groups: [group] } }, [item], [sound])
    expect(failures).toEqual(['check "a retry is told that it is one" failed 1 of 10 times'])
  })
})
