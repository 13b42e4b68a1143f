import { eventually } from '@flash-sale/testing/eventually'
import { expect, test } from 'vitest'
import { comeOneByOne, waitingMax } from './come.ts'

test('nobody else comes while as many wait as this process can serve, and the next one comes when one is done', async () => {
  const { signal } = new AbortController()
  const done: (() => void)[] = []
  let looksWhileFull = 0
  // It is asked for each pause, so that the test sees how often somebody could have come.
  const random = () => {
    if (done.length >= waitingMax) looksWhileFull += 1
    return 0
  }
  const coming = comeOneByOne({ everyMs: 0, random, signal }, () => new Promise<void>((resolve) => done.push(resolve)))
  await eventually(() => looksWhileFull > 20, { what: 'twenty people who could have come' })
  expect(done).toHaveLength(waitingMax)
  done[0]!()
  await eventually(() => done.length > waitingMax, { what: 'the next one to come' })
  for (const leave of done) leave()
  await coming.end()
})
