import { expect, test } from 'vitest'
import type { Measured } from './figures.ts'
import { judge } from './judge.ts'

const spread = (median: number, half = 0) => ({ median, low: median - half, high: median + half })

function acceptAt(ratio: number, nullSpread: number): Measured {
  const figure = {
    ofBareWithToken: spread(ratio),
    ofBare: spread(ratio),
    cpuMicros: {},
    perSecond: spread(1),
    p50Ms: spread(1),
    p99Ms: spread(1),
  }
  return { nullPair: { rate: spread(1, nullSpread) }, pressed: { accept: figure } }
}

const verdict = (measured: Measured) => judge(measured, new Set(['accept']))[0]!.verdict

test('a target is met or missed only when it is farther away than two equal servers seem apart', () => {
  expect(verdict(acceptAt(0.95, 0.01))).toBe('met')
  expect(verdict(acceptAt(0.85, 0.01))).toBe('missed')
  expect(verdict(acceptAt(0.95, 0.2))).toBe('could not tell')
  expect(verdict(acceptAt(0.85, 0.2))).toBe('could not tell')
})

test('two equal servers that differ on the whole make a run as unsure as ones that scatter', () => {
  expect(verdict({ ...acceptAt(0.95, 0), nullPair: { rate: spread(1.1) } })).toBe('could not tell')
})

test('a target that was asked for and not measured is not met by that', () => {
  expect(judge({ nullPair: { rate: spread(1) }, pressed: {} }, new Set(['persist'])).map((one) => one.verdict)).toEqual(
    ['not measured', 'not measured', 'not measured'],
  )
})
