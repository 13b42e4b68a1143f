import type { ProcessReport } from '@flash-sale/reports/process-report'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createKnownProcesses, type KnownProcesses } from './known-processes.ts'

const beganAtMs = 1_700_000_000_000

beforeEach(() => void vi.useFakeTimers({ now: beganAtMs, toFake: ['performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

function report(id: string, given: Partial<ProcessReport> = {}): ProcessReport {
  return { id, kind: 'worker', startedAtMs: 0, atMs: Date.now(), totals: {}, durations: [], last: false, ...given }
}

/** Seconds in which Redis answers, and in each of which these processes report. */
function pass(known: KnownProcesses, seconds: number, ids: readonly string[]): void {
  for (let i = 0; i < seconds; i += 1) {
    vi.advanceTimersByTime(1_000)
    known.note(
      ids.map((id) => report(id)),
      Date.now(),
    )
  }
}

const silences = (known: KnownProcesses) => known.list(Date.now()).map(({ id, silentMs }) => [id, silentMs])

test('a process is silent once it missed three reports, and stays listed', () => {
  const known = createKnownProcesses()
  pass(known, 2, ['dead', 'live'])
  pass(known, 3, ['live'])
  expect(silences(known)).toEqual([
    ['dead', 0],
    ['live', 0],
  ])
  pass(known, 1, ['live'])
  expect(silences(known)).toEqual([
    ['dead', 4_000],
    ['live', 0],
  ])
  pass(known, 290, ['live'])
  expect(silences(known)[0]).toEqual(['dead', 294_000])
  pass(known, 10, ['live'])
  expect(silences(known)).toEqual([['live', 0]])
})

test('a process that says that it stops is gone at once', () => {
  const known = createKnownProcesses()
  pass(known, 1, ['stops'])
  known.note([report('stops', { last: true })], Date.now())
  expect(known.list(Date.now())).toEqual([])
})

test('time in which Redis does not answer is no silence of the processes, and they have time to report again', () => {
  const known = createKnownProcesses()
  pass(known, 2, ['dead', 'live'])
  pass(known, 4, ['live'])
  vi.advanceTimersByTime(60_000)
  pass(known, 2, [])
  expect(silences(known)).toEqual([
    ['dead', 5_000],
    ['live', 0],
  ])
  pass(known, 2, ['live'])
  expect(silences(known)[1]).toEqual(['live', 0])
})

test('a process that died before anybody watched is silent at the first reading', () => {
  const known = createKnownProcesses()
  known.note([report('dead', { atMs: Date.now() - 90_000 }), report('live')], Date.now())
  expect(silences(known)).toEqual([
    ['dead', 90_000],
    ['live', 0],
  ])
})

test('each process has its share of the work of its kind in the last seconds', () => {
  const known = createKnownProcesses()
  const apis = [report('busy', { kind: 'api', totals: { accepted: 9 } }), report('idle', { kind: 'api' })]
  known.note([...apis, report('worker', { totals: { persisted: 3 } })], Date.now())
  expect(known.list(Date.now())).toMatchObject([
    { id: 'busy', perSecond: 3, share: 1 },
    { id: 'idle', perSecond: 0, share: 0 },
    { id: 'worker', perSecond: 1, share: 1 },
  ])
})
