import { expect, test } from 'vitest'
import { askPatiently, type ComeBack } from './patience.ts'

/** Says these, one after the other and the last one for ever, and notes when it was asked. */
function saying(...sayings: ComeBack[]) {
  const askedAtMs: number[] = []
  const ask = () => {
    askedAtMs.push(performance.now())
    return Promise.resolve(sayings[Math.min(askedAtMs.length, sayings.length) - 1]!)
  }
  return { ask, askedAtMs }
}

const asSaid = (said: ComeBack) => said

test('a client that is told to come back comes back no sooner than told', async () => {
  const { ask, askedAtMs } = saying({ afterMs: 60 }, {}, 'NEVER')
  expect(await askPatiently(ask, asSaid)).toBe('NEVER')
  expect(askedAtMs).toHaveLength(3)
  // Timers may fire a millisecond early.
  expect(askedAtMs[1]! - askedAtMs[0]!).toBeGreaterThanOrEqual(59)
})

test('patience has an end, however long the client is told to wait', async () => {
  const beganAtMs = performance.now()
  const { ask, askedAtMs } = saying({ afterMs: 60_000 })
  expect(await askPatiently(ask, asSaid, { untilMs: 100 })).toEqual({ afterMs: 60_000 })
  expect(askedAtMs).toHaveLength(2)
  expect(performance.now() - beganAtMs).toBeLessThan(10_000)
})

test('without patience there is one asking', async () => {
  const { ask, askedAtMs } = saying({})
  await askPatiently(ask, asSaid, { untilMs: 0 })
  expect(askedAtMs).toHaveLength(1)
})

test('an interruption ends the wait', async () => {
  const signal = AbortSignal.timeout(50)
  await expect(askPatiently(saying({ afterMs: 60_000 }).ask, asSaid, { untilMs: 60_000, signal })).rejects.toThrow()
})
