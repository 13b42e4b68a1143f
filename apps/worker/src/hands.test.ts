import { expect, test } from 'vitest'
import { createHands } from './hands.ts'

function work() {
  let end!: (changed: boolean) => void
  const ended = new Promise<boolean>((resolve) => (end = resolve))
  return { run: () => ended, end }
}

test('only so many items are in hand, and the next begins as soon as any of them is done', async () => {
  const hands = createHands(2)
  const [first, second, third] = [work(), work(), work()]
  await hands.take(1, first.run)
  await hands.take(2, second.run)
  let begun = false
  const taking = hands.take(3, third.run).then(() => (begun = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toBe(false)
  second.end(true)
  await taking
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
  await hands.take(1, () => Promise.resolve((ranAgain = true)))
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
