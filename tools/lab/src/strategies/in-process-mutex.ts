import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

/** Like `synchronized` in Java: one sale at a time in this process. */
let last: Promise<unknown> = Promise.resolve()

function synchronized<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work)
  last = result.catch(() => undefined)
  return result
}

export function open(shop: Shop): Sell {
  return () =>
    synchronized(async () => {
      await shop.at('after it got the lock')
      const outcome = await takeOne(shop)
      await shop.at('before it releases the lock')
      return outcome
    })
}
