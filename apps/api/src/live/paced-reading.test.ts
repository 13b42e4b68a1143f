import { eventually } from '@flash-sale/testing/eventually'
import { expect, test } from 'vitest'
import { createPacedReading } from './paced-reading.ts'

test('one reading runs at a time, however often one looks, and a late one is not read again before it has ended', async () => {
  let count = 0
  const reading = createPacedReading(0, () => {
    count += 1
    return new Promise<number>(() => undefined)
  })
  expect(reading.last).toBeUndefined()
  for (let i = 0; i < 5; i += 1) reading.look()
  expect(count).toBe(1)
  await eventually(() => reading.isOld, { what: 'the reading to be late' })
  reading.look()
  expect(count).toBe(1)
})

test('a reading that fails keeps what was read before, and says that it is old', async () => {
  const answers = [async () => 1, () => Promise.reject(new Error('away')), async () => 2]
  const reading = createPacedReading(0, () => answers.shift()!())
  const next = (isSo: () => boolean) =>
    eventually(
      () => {
        if (answers.length > 0) reading.look()
        return isSo()
      },
      { what: 'the reading' },
    )
  await next(() => reading.last === 1)
  await next(() => reading.isOld)
  expect(reading.last).toBe(1)
  await next(() => reading.last === 2)
  expect(reading.isOld).toBe(false)
})
