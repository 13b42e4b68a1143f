import { expect, test } from 'vitest'
import { pageOf } from '../page/page.ts'
import type { RoundResult } from '../round/round-result.ts'
import type { ChaosResults } from '../run-chaos.ts'
import { printTable } from './print-table.ts'
import { tableOf } from './table.ts'

const nothingUnknown = { orderCount: 0, refusedCount: 0, neverToldCount: 0 }

function round(fault: string, more: Partial<RoundResult> = {}): RoundResult {
  return {
    fault,
    point: 'in the storm',
    seed: 7,
    acceptedCount: 100,
    lives: { paidCount: 20, givenBackCount: 10, refundedCount: 3 },
    breaches: [],
    toldLossCount: 0,
    unknown: nothingUnknown,
    recoveryMs: 1_000,
    alarms: [],
    ...more,
  }
}

const lost = {
  kind: 'lost' as const,
  detail: 'I3 LOST: order X of <ann> was accepted and has no row',
  excerpt: ['1 to 2 ms: ann/k asks for 1: ACCEPTED X'],
}

const results: ChaosResults = {
  at: '2026-11-26T12:00:00.000Z',
  seed: 7,
  tookMs: 60_000,
  command: 'npx pnpm chaos --seed 7 --faults 4',
  rounds: [
    round('kill-redis', { unknown: { orderCount: 3, refusedCount: 1, neverToldCount: 0 } }),
    round('kill-api', { recoveryMs: 200 }),
    round('kill-redis', { recoveryMs: 3_000 }),
    round('flush', { breaches: [lost], recoveryMs: undefined, alarms: ['something is wrong'] }),
  ],
}

function printed(shown: ChaosResults): string {
  const lines: string[] = []
  printTable(shown, (line) => lines.push(line), false)
  return lines.join('\n')
}

test('rounds are added up by fault and point, in the order of the faults', () => {
  expect(tableOf(results.rounds)).toMatchObject([
    { fault: { name: 'kill-api' }, injectedCount: 1, recoveryMs: { p50: 200, p99: 200, max: 200 } },
    {
      fault: { name: 'kill-redis' },
      injectedCount: 2,
      acceptedCount: 200,
      lives: { paidCount: 40, givenBackCount: 20, refundedCount: 6 },
      unknown: { orderCount: 3, refusedCount: 1, neverToldCount: 0 },
      recoveryMs: { p50: 1_000, p99: 3_000, max: 3_000 },
    },
    { fault: { name: 'flush' }, breachCounts: { lost: 1 }, recoveryMs: undefined },
  ])
})

test('a breach is printed with its history, the alarms, and the command that repeats its round alone', () => {
  const text = printed(results)
  expect(text).toContain(lost.detail)
  expect(text).toContain(lost.excerpt[0])
  expect(text).toContain('logged: something is wrong')
  expect(text).toContain(`npx pnpm chaos --faults 1 --only 'flush@in the storm' --seed 7`)
  expect(text).toMatch(/✘ 4 faults in 60 s\. Rounds with a breach: 1\. Again: npx pnpm chaos --seed 7 --faults 4$/m)
})

test('a run without a breach says so', () => {
  expect(printed({ ...results, rounds: results.rounds.slice(0, 3) })).toMatch(
    /✔ 3 faults in 60 s\. Nothing lost, sold twice, stranded or over the limit, and no money astray\./,
  )
})

test('a recovery that took longer than it should is told, and is no breach', () => {
  const late = [round('kill-api', { recoveryMs: 5_001 }), round('lose-large-item', { recoveryMs: 9_999 })]
  const text = printed({ ...results, rounds: late })
  expect(text).toMatch(/^Later than it should be, on this machine: kill-api, in the storm$/m)
  expect(text).toContain('✔ 2 faults')
})

test('the page tells it in both languages, needs no other file, and shows names as text', async () => {
  const page = await pageOf(results)
  for (const text of [
    'Redis is emptied (FLUSHALL)',
    'Redis 被清空（FLUSHALL）',
    '&lt;ann&gt;',
    '4: 3 orders, 1 not taken',
  ])
    expect(page).toContain(text)
  expect(page).not.toMatch(/<ann>|(?:src|href)=/)
})
