import { describe, expect, it } from 'vitest'
import type { Call, History, Hold } from './history.ts'
import { judge } from './judge.ts'

let time = 0

function call(buyer: string, outcome: 'sold' | 'sold out' | 'gave up' | 'hangs' | 'died'): Call {
  time += 10
  const answer = outcome === 'hangs' || outcome === 'died' ? undefined : { outcome, atMs: time + 5 }
  return { buyer, process: 'A', askedAtMs: time, answer, died: outcome === 'died' }
}

function hold(process: string, fromMs: number, untilMs: number, releasedMs?: number): Hold {
  return { process, fromMs, untilMs, releasedMs }
}

function history(overrides: Partial<History>): History {
  return { stock: 2, calls: [], holds: [], unitsLeft: undefined, kept: undefined, ...overrides }
}

describe('the checker acquits', () => {
  it('a sale of every unit, one each, in which those who come late are told so', () => {
    const calls = [call('a', 'sold'), call('b', 'sold'), call('c', 'sold out')]
    const holds = [hold('A', 0, 10, 11), hold('B', 12, 20, 21), hold('A', 22, 30, 31)]
    expect(judge(history({ calls, holds, unitsLeft: 0 }))).toEqual({ sold: 2, findings: [], isSafe: true })
  })

  it('a process that died after its order was on record, and before its buyer was told', () => {
    const calls = [call('a', 'died'), call('b', 'sold'), call('c', 'sold out')]
    expect(judge(history({ calls, unitsLeft: 0, kept: ['a', 'b'] }))).toEqual({ sold: 2, findings: [], isSafe: true })
  })

  it('a buyer who gave up while others were sold to later', () => {
    const calls = [call('a', 'gave up'), call('b', 'sold'), call('c', 'sold'), call('d', 'sold out')]
    expect(judge(history({ calls, unitsLeft: 0 })).findings).toEqual([])
  })

  it('two holders of which only one could sell, as far as the stock goes', () => {
    const calls = [call('a', 'gave up'), call('b', 'sold'), call('c', 'sold'), call('d', 'sold out')]
    const verdict = judge(history({ calls, unitsLeft: 0, holds: [hold('A', 0, 100), hold('B', 50, 60)] }))
    expect(verdict).toEqual({ sold: 2, findings: ['two holders'], isSafe: true })
  })
})

describe('the checker convicts', () => {
  it('a unit that was sold twice', () => {
    const calls = [call('a', 'sold'), call('b', 'sold'), call('c', 'sold')]
    expect(judge(history({ calls, unitsLeft: 0 }))).toMatchObject({ sold: 3, findings: ['oversold'], isSafe: false })
  })

  it('one order too many that is on record though its buyer was never told', () => {
    const calls = [call('a', 'sold'), call('b', 'died'), call('c', 'sold')]
    expect(judge(history({ calls, unitsLeft: 0, kept: ['a', 'b', 'c'] })).findings).toEqual(['oversold'])
  })

  it('a shop that tells everybody "sold out" and sells none', () => {
    const calls = [call('a', 'sold out'), call('b', 'sold out')]
    expect(judge(history({ calls, unitsLeft: 2 }))).toMatchObject({ sold: 0, findings: ['undersold'], isSafe: false })
  })

  it('a shop that makes its buyers wait in vain', () => {
    const calls = [call('a', 'sold'), call('b', 'gave up')]
    expect(judge(history({ calls, unitsLeft: 1 })).findings).toEqual(['stuck'])
  })

  it('a shop that hangs', () => {
    const calls = [call('a', 'sold'), call('b', 'hangs')]
    expect(judge(history({ calls, unitsLeft: 1 })).findings).toEqual(['stuck'])
  })

  it('a unit that left the stock with a process that died', () => {
    const calls = [call('a', 'died'), call('b', 'sold'), call('c', 'sold out')]
    expect(judge(history({ calls, unitsLeft: 0, kept: ['b'] })).findings).toEqual(['lost', 'undersold'])
  })

  it('an order that was accepted and is on no record', () => {
    const calls = [call('a', 'sold'), call('b', 'sold'), call('c', 'sold out')]
    expect(judge(history({ calls, unitsLeft: 0, kept: ['b'] })).findings).toEqual(['lost'])
  })

  it('a lock that two hold at once', () => {
    const calls = [call('a', 'sold'), call('b', 'sold')]
    const holds = [hold('A', 0, 100), hold('B', 50, 60)]
    expect(judge(history({ calls, holds })).findings).toEqual(['two holders'])
  })

  it("a holder that deletes another's lock, which lets in a third", () => {
    const holds = [hold('A', 0, 40, 60), hold('B', 50, 90), hold('C', 70, 80)]
    expect(judge(history({ holds })).findings).toEqual(['two holders', "deletes another's"])
  })
})

describe('the checker does not accuse', () => {
  it('a late holder of deleting a lock that nobody else got while it was held', () => {
    const holds = [hold('A', 0, 40, 60), hold('B', 50, 90), hold('C', 95, 99)]
    expect(judge(history({ holds })).findings).toEqual([])
  })
})
