import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'

test('eventually returns the first answer that is a yes', async () => {
  const answers = [0, 0, 7, 8]
  expect(await eventually(() => answers.shift(), { what: 'a number', intervalMs: 1 })).toBe(7)
})

test('eventually says what it waited for and what it saw last', async () => {
  const asked = eventually(() => expect(1).toBe(2), { what: 'one to be two', timeoutMs: 20, intervalMs: 1 })
  await expect(asked).rejects.toThrow(/waited 20 ms for one to be two; at last: expected 1 to be 2/)
})
