import { seededRandom } from '@flash-sale/kit/seeded-random'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, test } from 'vitest'
import { comeOneByOne, waitingMax } from './come.ts'

test('nobody else comes while as many wait as this process can serve, and the next one comes when one is done', async () => {
  const { signal } = new AbortController()
  const done: (() => void)[] = []
  let looksWhileFull = 0
  // It is asked after each pause, so that the test sees how often somebody could have come.
  Object.defineProperty(signal, 'aborted', {
    get() {
      if (done.length >= waitingMax) looksWhileFull += 1
      return false
    },
  })
  const random = seededRandom(1)
  const coming = comeOneByOne({ everyMs: 0, random, signal }, () => new Promise<void>((resolve) => done.push(resolve)))
  await eventually(() => looksWhileFull > 20, { what: 'twenty people who could have come' })
  expect(done).toHaveLength(waitingMax)
  done[0]!()
  await eventually(() => done.length > waitingMax, { what: 'the next one to come' })
  for (const leave of done) leave()
  await coming.end()
})

test('what people do is drawn alike, however many pauses there are between them', async () => {
  const { signal } = new AbortController()
  let drawnCount = 0
  let cameCount = 0
  const random = () => {
    drawnCount += 1
    return 0
  }
  const coming = comeOneByOne({ everyMs: 0, random, signal }, async () => void (cameCount += 1))
  await eventually(() => cameCount > 20, { what: 'twenty people to come' })
  await coming.end()
  // The seed of the pauses.
  expect(drawnCount).toBe(1)
})
