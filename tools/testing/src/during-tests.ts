import { afterAll, beforeAll } from 'vitest'

/**
 * Starts something before the tests of a file, or of a `describe`, and stops it after them. The returned object has its fields in
 * tests and in later hooks, and is empty before.
 */
export function duringTests<Started extends object>(
  start: () => Promise<Started>,
  stop: (started: Started) => Promise<void>,
): Started {
  let started: Started | undefined
  const handedOver = {} as Started
  beforeAll(async () => {
    started = await start()
    Object.assign(handedOver, started)
  })
  afterAll(async () => {
    if (started) await stop(started)
  })
  return handedOver
}
