import { expect, test, vi } from 'vitest'
import { createSharedRead } from './shared-read.ts'

test('all who ask while a read is under way share it, and those who ask soon after get what it found', async () => {
  const read = vi.fn(() => Promise.resolve(read.mock.calls.length))
  const ask = createSharedRead(read, 60_000)
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
  expect(await ask()).toBe(1)
})

test('what is not to be kept is read anew by the next who asks', async () => {
  const read = vi.fn(() => Promise.resolve(read.mock.calls.length))
  const ask = createSharedRead(read, 0)
  expect([await ask(), await ask()]).toEqual([1, 2])
})

test('a read that fails fails for all who asked, and is not kept', async () => {
  const read = vi.fn(() => Promise.reject<number>(new Error('away')))
  const ask = createSharedRead(read, 60_000)
  expect(await Promise.allSettled([ask(), ask()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  expect(read).toHaveBeenCalledTimes(1)
  read.mockResolvedValueOnce(7)
  expect(await ask()).toBe(7)
})
