import { expect, test } from 'vitest'
import { createAttemptStore } from './attempt-store.ts'
import { keepInBrowser, keepInMemory } from '../../browser/kept-text.ts'

function storeOf(buyer = 'ann', kept = keepInMemory()) {
  return createAttemptStore({ kept, buyer })
}

test('an attempt has a key of its own before it is sent, and a page that was reloaded finds it', () => {
  const kept = keepInMemory()
  const attempt = storeOf('ann', kept).begin(7, 2)
  expect(attempt).toMatchObject({ itemId: 7, quantity: 2, isResting: false })
  expect(attempt.key).toMatch(/^[0-9a-f]{32}$/)
  expect(storeOf('ann', kept).find(7)).toEqual(attempt)
})

test('a second press, here or in another tab, joins the attempt that is under way, whatever its quantity', () => {
  const kept = keepInMemory()
  const { key } = storeOf('ann', kept).begin(7, 1)
  expect(storeOf('ann', kept).begin(7, 2)).toMatchObject({ key, quantity: 1 })
})

test('after an accepted order the next press has a new key', () => {
  const attempts = storeOf()
  const first = attempts.begin(7, 1)
  attempts.settle(first)
  expect(attempts.find(7)).toBeUndefined()
  expect(attempts.begin(7, 1).key).not.toBe(first.key)
})

test('after a refusal the same press has the same key, and another quantity has a new one', () => {
  const attempts = storeOf()
  const first = attempts.begin(7, 1)
  attempts.keep({ ...first, isResting: true })
  expect(attempts.begin(7, 1)).toMatchObject({ key: first.key, isResting: false })
  attempts.keep({ ...first, isResting: true })
  expect(attempts.begin(7, 2).key).not.toBe(first.key)
})

test('settling an attempt leaves one alone that another tab has begun since', () => {
  const attempts = storeOf()
  const first = attempts.begin(7, 1)
  attempts.settle(first)
  const second = attempts.begin(7, 1)
  attempts.settle(first)
  expect(attempts.find(7)).toEqual(second)
})

test('buyers and items do not share attempts', () => {
  const kept = keepInMemory()
  const { key } = storeOf('ann', kept).begin(7, 1)
  expect(storeOf('bob', kept).find(7)).toBeUndefined()
  expect(storeOf('ann', kept).find(71)).toBeUndefined()
  expect(storeOf('bob', kept).begin(7, 1).key).not.toBe(key)
})

test.each(['', 'no JSON', 'null', '7', '{}', '{"key":1,"itemId":7,"quantity":1,"pressedAtMs":0,"isResting":false}'])(
  'what is kept but is no attempt is as good as nothing: %j',
  (text) => {
    const kept = keepInMemory()
    kept.set('flash-sale.attempt:7:ann', text)
    expect(storeOf('ann', kept).find(7)).toBeUndefined()
    expect(storeOf('ann', kept).begin(7, 1).itemId).toBe(7)
  },
)

test('a browser that stores nothing still keeps the key while the page is open', () => {
  const kept = keepInBrowser(() => {
    throw new Error('storage is forbidden')
  })
  const attempt = storeOf('ann', kept).begin(7, 1)
  expect(storeOf('ann', kept).find(7)).toEqual(attempt)
  storeOf('ann', kept).settle(attempt)
  expect(storeOf('ann', kept).find(7)).toBeUndefined()
})

test('when storage is full the newest attempt counts, not the one that still fitted', () => {
  const stored = new Map<string, string>()
  let isFull = false
  const kept = keepInBrowser(() => ({
    getItem: (name) => stored.get(name) ?? null,
    removeItem: (name) => void stored.delete(name),
    setItem(name, text) {
      if (isFull) throw new Error('quota')
      stored.set(name, text)
    },
  }))
  const attempts = storeOf('ann', kept)
  const first = attempts.begin(7, 1)
  isFull = true
  attempts.keep({ ...first, isResting: true })
  expect(attempts.find(7)).toMatchObject({ isResting: true })
})
