import { expect, test } from 'vitest'
import { answerWithin, StoreUnansweredError } from './answer-within.ts'

const never = new Promise<never>(() => {})

test('an answer in time is passed on, and so is an error', async () => {
  expect(await answerWithin(Promise.resolve(7), 10_000, 'Redis')).toBe(7)
  await expect(answerWithin(Promise.reject(new Error('READONLY')), 10_000, 'Redis')).rejects.toThrow('READONLY')
})

test('a late answer is told as an error that names the store, or as the error of the caller', async () => {
  await expect(answerWithin(never, 5, 'Redis')).rejects.toEqual(
    new StoreUnansweredError('Redis did not answer within 5 ms'),
  )
  await expect(answerWithin(never, 5, () => new RangeError('mine'))).rejects.toEqual(new RangeError('mine'))
})

test('an answer that fails after its time is no unhandled rejection', async () => {
  const failing = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('too late to matter')), 20))
  await expect(answerWithin(failing, 5, 'Redis')).rejects.toBeInstanceOf(StoreUnansweredError)
  await expect(failing).rejects.toThrow('too late to matter')
})
