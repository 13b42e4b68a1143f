import { describe, expect, it } from 'vitest'
import type { Happening } from './happening.ts'
import { withoutRepeats } from './without-repeats.ts'

let atMs = 0

function command(text: string, tookMs = 1, process: 'A' | 'B' = 'A'): Happening {
  atMs += 2
  return { kind: 'command', process, store: 'redis', text, tookMs, times: 1, atMs }
}

function told(happenings: readonly Happening[]): string[] {
  return withoutRepeats(happenings).map((one) => {
    if (one.kind !== 'command') return one.kind
    return `${one.process} ${one.text}${one.times > 1 ? ` ×${one.times}` : ''}`
  })
}

describe('a timeline', () => {
  it('shows a poll once, with the number of its tries', () => {
    const poll = [command('SETNX → 0'), command('GET → time'), command('SETNX → 0'), command('GET → time')]
    expect(told([...poll, command('SETNX → 1')])).toEqual(['A SETNX → 0 ×2', 'A GET → time ×2', 'A SETNX → 1'])
  })

  it('leaves equal commands apart between which something else happened', () => {
    const first = command('MULTI')
    expect(told([first, command('SET'), command('EXEC → nil'), command('WATCH'), command('MULTI')])).toEqual([
      'A MULTI',
      'A SET',
      'A EXEC → nil',
      'A WATCH',
      'A MULTI',
    ])
    expect(told([command('DEL → 1'), command('SETNX → 1', 1, 'B'), command('DEL → 1')])).toEqual([
      'A DEL → 1',
      'B SETNX → 1',
      'A DEL → 1',
    ])
  })

  it('joins equal commands that were on their way at the same time', () => {
    const votes = ['OK', 'nil', 'OK', 'nil', 'nil'].map((reply) => command(`SET → ${reply}`, 20))
    expect(told(votes)).toEqual(['A SET → OK ×2', 'A SET → nil ×3'])
  })
})
