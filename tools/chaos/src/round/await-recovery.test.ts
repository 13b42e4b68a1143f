import { expect, test } from 'vitest'
import type { Town } from '../town/town.ts'
import { awaitRecovery } from './await-recovery.ts'

const itemCount = 600
const asksOfTheLast = 6

/** A town without APIs: an item sells as soon as its ledger is there. That of the last item is there when it is asked for the sixth time. */
function townWithALateItem(): Pick<Town, 'redis' | 'apis' | 'tokenOf'> {
  let askedCount = 0
  const client = {
    async exists(key: string) {
      if (key === `{item:${itemCount}}:ledger`) askedCount += 1
      return key !== `{item:${itemCount}}:ledger` || askedCount >= asksOfTheLast ? 1 : 0
    },
    xrange: async () => [],
  }
  return { redis: { client }, apis: [], tokenOf: String } as unknown as Town
}

test('the last of many items is looked at as often as a single one, so that the time it took is not that of the looks', async () => {
  const items = Array.from({ length: itemCount }, (_, i) => ({
    saleId: 1,
    itemId: i + 1,
    purchaseLimit: 1,
    history: [],
  }))
  const tookMs = await awaitRecovery(townWithALateItem(), items, 'r', new AbortController().signal)
  // With the pause that suits 600 items that are all lost it would be 9 s.
  expect(tookMs).toBeLessThan(5_500)
}, 20_000)
