import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { createDrainLanes } from './drain-lanes.ts'

/** Drains that end when they are told to, in the order in which they began. */
function controlledDrains(everyMs?: number) {
  const begun: { itemId: number; end: () => void; fail: () => void }[] = []
  const lanes = createDrainLanes(
    (itemId) =>
      new Promise((resolve, reject) => {
        begun.push({ itemId, end: resolve, fail: () => reject(new Error('the store is away')) })
      }),
    everyMs,
  )
  return { begun, lanes }
}

test('drains of one item take turns; those of other items do not wait for them', async () => {
  const { begun, lanes } = controlledDrains()
  const drained = [lanes.drain(1), lanes.drain(1), lanes.drain(2)]
  expect(begun.map(({ itemId }) => itemId)).toEqual([1, 2])
  begun[0]!.end()
  await drained[0]
  await nextTurn()
  expect(begun.map(({ itemId }) => itemId)).toEqual([1, 2, 1])
  for (const { end } of begun) end()
  await Promise.all(drained)
  await lanes.settled()
  expect(lanes.activeCount).toBe(0)
})

test('whoever asks during a drain waits for one that begins after the asking, and all of them share it', async () => {
  const { begun, lanes } = controlledDrains()
  const first = lanes.drain(1)
  let isAnswered = false
  const later = Promise.all(Array.from({ length: 100 }, () => lanes.drain(1))).then(() => (isAnswered = true))
  begun[0]!.end()
  await first
  await nextTurn()
  expect({ begunCount: begun.length, isAnswered }).toEqual({ begunCount: 2, isAnswered: false })
  begun[1]!.end()
  await later
  expect(begun).toHaveLength(2)
})

test('a drain that failed is told to those who waited for it, and the next begins all the same', async () => {
  const { begun, lanes } = controlledDrains()
  const [first, second] = [lanes.drain(1), lanes.drain(1)]
  begun[0]!.fail()
  await expect(first).rejects.toThrow('the store is away')
  await nextTurn()
  begun[1]!.end()
  await second
  await lanes.settled()
})

test('the first drain of an item begins at once, and the next one some time after it, whether it was asked for during the first or later', async () => {
  const everyMs = 100
  const { begun, lanes } = controlledDrains(everyMs)
  const beganAtMs = performance.now()
  const first = lanes.drain(1)
  const during = lanes.drain(1)
  expect(begun).toHaveLength(1)
  begun[0]!.end()
  await first
  const later = lanes.drain(1)
  await vi.waitFor(() => expect(begun).toHaveLength(2), { timeout: 20_000 })
  // Timers may be a millisecond early.
  expect(performance.now() - beganAtMs).toBeGreaterThan(everyMs - 2)
  begun[1]!.end()
  await Promise.all([during, later])
  await lanes.settled()
  expect(lanes.activeCount).toBe(0)
  void lanes.drain(1)
  expect(begun).toHaveLength(3)
})
