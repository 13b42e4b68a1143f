import { setTimeout as sleep } from 'node:timers/promises'
import { isToBeRepeated } from '@flash-sale/kit/place-order'
import { placeAt, type SoldItem } from '../load/crowd.ts'
import type { Town } from '../town/town.ts'

export const recoverWithinMs = 60_000
const lookEveryMs = 50
/** So long for each item that is not back: what asks whether many items sell must not be what keeps them from it. In ms. */
const lookEveryMsForEach = 3

/**
 * Waits until every API sells each item, or says that it is sold out, and what was in the outbox of each is persisted. Resolves with how
 * long that took since it was called; undefined: it did not happen within a minute. In ms.
 */
export async function awaitRecovery(
  town: Pick<Town, 'redis' | 'apis' | 'tokenOf'>,
  items: readonly SoldItem[],
  prefix: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const endedAtMs = performance.now()
  const endedAt = Date.now()
  let number = 0
  const sells = async (item: SoldItem) => {
    // Hundreds of items whose ledgers are not there yet cannot sell: asking all of them again and again would be the load that delays them.
    if (!(await town.redis.client.exists(`{item:${item.itemId}}:ledger`))) return false
    number += 1
    const wish = { buyer: `${prefix}-probe-${number}`, key: 'k', quantity: 1 }
    const answers = await Promise.all(
      town.apis.map((api, i) => placeAt(town, api, item)({ ...wish, buyer: `${wish.buyer}-${i}` })),
    )
    return !answers.some(isToBeRepeated)
  }
  const isDrained = async ({ itemId }: SoldItem) => {
    const [oldest] = await town.redis.client.xrange(`{item:${itemId}}:outbox`, '-', '+', 'COUNT', 1)
    return !oldest || Number(oldest[0].split('-')[0]) > endedAt
  }
  let waitingCount = 0
  // Each item is asked for itself: an order that an API keeps for seconds delays no look at the others.
  const becomesTrue = async (holds: (item: SoldItem) => Promise<boolean>, item: SoldItem) => {
    waitingCount += 1
    while (performance.now() - endedAtMs < recoverWithinMs) {
      if (await holds(item).catch(() => false)) {
        waitingCount -= 1
        return true
      }
      await sleep(Math.max(lookEveryMs, lookEveryMsForEach * waitingCount), undefined, { signal })
    }
    return false
  }
  const all = async (holds: (item: SoldItem) => Promise<boolean>) =>
    (await Promise.all(items.map((item) => becomesTrue(holds, item)))).every(Boolean)
  const isBack = (await all(sells)) && (await all(isDrained))
  return isBack ? performance.now() - endedAtMs : undefined
}
