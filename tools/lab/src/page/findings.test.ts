import { describe, expect, it } from 'vitest'
import type { Finding } from '../checker/judge.ts'
import type { Happening } from '../faults/happening.ts'
import { verdictText } from './findings.ts'

function textOf(findings: readonly Finding[], reply: string, sold = 10): string {
  const command: Happening = {
    kind: 'command',
    process: 'A',
    store: 'sql',
    text: `UPDATE units=9 WHERE fence=1 → ${reply}`,
    tookMs: 1,
    times: 1,
    atMs: 1,
  }
  const isSafe = findings.every((finding) => finding === 'two holders')
  return verdictText({ verdict: { sold, findings, isSafe }, stock: 10, happenings: [command] }).en
}

describe('the sentence about a trial with two holders', () => {
  it('says that a late write was refused only if the store refused one', () => {
    expect(textOf(['two holders'], '0 rows')).toContain('the late write was refused')
    expect(textOf(['two holders'], 'refused')).toContain('the late write was refused')
    expect(textOf(['two holders'], '1 row')).toContain('none had to be refused')
  })
})

it('an accepted order that is lost, and whose unit is sold again, is called both', () => {
  expect(textOf(['oversold', 'lost'], '1 row', 11)).toContain('one accepted order is lost, and its unit was sold again')
})
