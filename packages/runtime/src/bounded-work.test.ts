import { expect, onTestFinished, test, vi } from 'vitest'
import { StoreUnansweredError } from './answer-within.ts'
import { createBoundedWork, OverloadedError } from './bounded-work.ts'

/** Work that ends when it is told to. */
function work() {
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  let isBegun = false
  const run = () => {
    isBegun = true
    return ended
  }
  return { run, end, isBegun: () => isBegun }
}

test('so much is under way, so much waits in the order of asking, and more is refused at once', async () => {
  const bounded = createBoundedWork({ underWayMax: 2, waitingMax: 2 })
  const works = [work(), work(), work(), work()]
  const answers = works.map(({ run }) => bounded.run(run))
  await expect(bounded.run(work().run)).rejects.toThrow(OverloadedError)
  expect(works.map(({ isBegun }) => isBegun())).toEqual([true, true, false, false])
  works[1]!.end()
  await answers[1]
  expect(works.map(({ isBegun }) => isBegun())).toEqual([true, true, true, false])
  for (const { end } of works) end()
  await Promise.all(answers)
  await bounded.run(() => Promise.resolve())
})

test('work of a caller who gave up counts until it ends, and is never begun if it only waited', async () => {
  const bounded = createBoundedWork({ underWayMax: 1, waitingMax: 1 })
  const [stuck, late] = [work(), work()]
  await expect(bounded.runWithin(stuck.run, 5, 'a store')).rejects.toThrow(StoreUnansweredError)
  await expect(bounded.runWithin(late.run, 5, 'a store')).rejects.toThrow(StoreUnansweredError)
  stuck.end()
  await bounded.run(() => Promise.resolve())
  expect(late.isBegun()).toBe(false)
})

test('after each work its place rests in proportion to the time that the work took, and the answer does not wait for that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const bounded = createBoundedWork({ underWayMax: 1, waitingMax: 1, restFactor: 3 })
  const [first, second] = [work(), work()]
  const answer = bounded.run(first.run)
  vi.advanceTimersByTime(50)
  first.end()
  await answer
  const next = bounded.run(second.run)
  vi.advanceTimersByTime(149)
  expect(second.isBegun()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(second.isBegun()).toBe(true)
  second.end()
  await next
})

test.each([
  ['a second', {}, 1_000],
  ['its own bound', { restMsMax: 30_000 }, 9_000],
])('a place rests for %s at most', async (_bound, given, restMs) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const bounded = createBoundedWork({ underWayMax: 1, waitingMax: 1, restFactor: 3, ...given })
  const [first, second] = [work(), work()]
  const answer = bounded.run(first.run)
  vi.advanceTimersByTime(3_000)
  first.end()
  await answer
  const next = bounded.run(second.run)
  vi.advanceTimersByTime(restMs - 1)
  expect(second.isBegun()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(second.isBegun()).toBe(true)
  second.end()
  await next
})

test('work that fails makes room too', async () => {
  const bounded = createBoundedWork({ underWayMax: 1, waitingMax: 0 })
  await expect(bounded.run(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
  await expect(bounded.run(() => Promise.resolve('next'))).resolves.toBe('next')
})
