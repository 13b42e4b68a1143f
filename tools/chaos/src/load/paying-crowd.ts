import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import { deeds, type Deed, type PayingScene } from '@flash-sale/kit/paying-buyers'
import { placePatiently } from '@flash-sale/kit/place-order'
import { shuffled, splitRandom } from '@flash-sale/kit/seeded-random'
import { oneOf } from '../faults/fault.ts'
import type { Town } from '../town/town.ts'
import { comeOneByOne, type Coming } from './come.ts'
import { answerWithinMs, patienceMs, placeAt } from './crowd.ts'
import type { PaidItem } from './paid-item.ts'

const arriveEveryMs = 120
const readEveryMs = 200

export interface PayingCrowdOptions {
  readonly town: Town
  readonly item: PaidItem
  /** Names of buyers begin with it. */
  readonly prefix: string
  readonly random: () => number
  readonly signal: AbortSignal
}

/**
 * Buyers who order and then pay, cancel, leave, pay too late, twice or the wrong amount, and a shop that reads the feed meanwhile. What each
 * does is drawn from the seed.
 */
export function openPayingCrowd({ town, item, prefix, random, signal }: PayingCrowdOptions): Coming {
  const patience = { untilMs: patienceMs, signal }
  const anyApi = () => oneOf(town.apis, Math.random)
  const scene: PayingScene = {
    buyer: (name) => createClient({ baseUrl: anyApi().url(), token: town.tokenOf(name), timeoutMs: answerWithinMs }),
    operator: () => town.operator(anyApi(), answerWithinMs),
    provider: town.payments,
    patience,
    onNote: (note) => void item.notes.push(note),
  }
  const places = town.apis.map((api) => placeAt(town, api, item))
  const deck: Deed[] = []
  const buying = comeOneByOne({ everyMs: arriveEveryMs, random, signal }, async (number) => {
    const own = splitRandom(random)
    // Each deed is done before any comes again, so that a point that waits for one is reached before all is sold.
    if (deck.length === 0) deck.push(...shuffled(deeds, random))
    const [deed, quantity, buyer] = [deck.pop()!, own() < 0.5 ? 1 : 2, `${prefix}-pays-${number}`]
    const { outcome, orderId } = await placePatiently(places, { buyer, key: 'k', quantity }, patience)
    if (outcome === 'ACCEPTED' && orderId !== undefined) await deed(scene, { orderId, buyer, random: own })
  })
  const reading = readUntilEnd(item, signal)
  return {
    async end() {
      await buying.end()
      await reading.end()
    },
  }
}

function readUntilEnd({ reader }: PaidItem, signal: AbortSignal): Coming {
  const ending = new AbortController()
  const reading = (async () => {
    while (!ending.signal.aborted && !signal.aborted) {
      await reader.read()
      await sleep(readEveryMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  })()
  return {
    async end() {
      ending.abort()
      await reading
    },
  }
}
