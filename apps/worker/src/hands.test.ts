import { expect, test } from 'vitest'
import { createHands } from './hands.ts'

function work() {
  let end!: (changed: boolean) => void
  const ended = new Promise<boolean>((resolve) => (end = resolve))
  return { run: () => ended, end }
}

/** By then everything is done that waits for no timer. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('only so many items are in hand, and the next begins as soon as any of them is done', async () => {
  const hands = createHands(2)
  const [first, second, third] = [work(), work(), work()]
  await hands.take(1, first.run)
  await hands.take(2, second.run)
  let begun = false
  void hands.take(3, third.run).then(() => (begun = true))
  await endOfTurn()
  expect(begun).toBe(false)
  second.end(true)
  await endOfTurn()
  expect(begun).toBe(true)
  first.end(false)
  third.end(true)
  await hands.settled()
  expect(hands.changedCount).toBe(2)
})

test('an item that is in hand is not taken twice, and does not wait for a free hand', async () => {
  const hands = createHands(1)
  const first = work()
  await hands.take(1, first.run)
  let ranAgain = false
  let waits = true
  void hands.take(1, () => Promise.resolve((ranAgain = true))).then(() => (waits = false))
  await endOfTurn()
  expect(waits).toBe(false)
  first.end(true)
  await hands.settled()
  expect(ranAgain).toBe(false)
})

test('work that does not wait for a hand is left when none is free', async () => {
  const hands = createHands(1)
  const [first, second] = [work(), work()]
  hands.takeIfFree(1, first.run)
  hands.takeIfFree(2, second.run)
  first.end(true)
  await hands.settled()
  hands.takeIfFree(2, second.run)
  second.end(true)
  await hands.settled()
  expect(hands.changedCount).toBe(2)
})
