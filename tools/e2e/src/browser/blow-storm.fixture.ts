import { setTimeout as sleep } from 'node:timers/promises'
import { isToBeRepeated, overHttp } from '@flash-sale/kit/place-order'
import { buyerToken } from '@flash-sale/testing/test-tokens'

export interface StormOptions {
  readonly url: string
  readonly itemId: number
  readonly ordersPerSecond: number
  /** Buyers' names begin with it. */
  readonly prefix: string
  /** The storm ends after this many orders, or when `signal` aborts. */
  readonly count?: number
  readonly signal?: AbortSignal
}

/** Few enough that the sending process can still drive the pages in between. */
const buyersAtOnce = 32
const untold = new AbortController().signal

/** Sends orders over HTTP at an even pace, each of another buyer. Resolves with the numbers of accepted and sold-out orders. */
export async function blowStorm(options: StormOptions): Promise<{ accepted: number; soldOut: number }> {
  const { url, itemId, ordersPerSecond, prefix, count = Infinity, signal = untold } = options
  const place = overHttp({ baseUrl: url, itemId, tokenOf: buyerToken }, [])
  const tally = { accepted: 0, soldOut: 0 }
  let next = 0
  const beganAtMs = performance.now()
  const buyer = async () => {
    while (next < count && !signal.aborted) {
      const number = next++
      const earlyMs = beganAtMs + (number * 1_000) / ordersPerSecond - performance.now()
      if (earlyMs > 0) await sleep(earlyMs)
      const name = `${prefix}-${number}`
      const answer = await place({ buyer: name, key: name, quantity: 1 })
      if (answer.outcome === 'ACCEPTED') tally.accepted += 1
      else if (answer.outcome === 'SOLD_OUT') tally.soldOut += 1
      else if (!isToBeRepeated(answer)) throw new Error(`${name} was told ${answer.outcome}`)
    }
  }
  await Promise.all(Array.from({ length: buyersAtOnce }, buyer))
  return tally
}
