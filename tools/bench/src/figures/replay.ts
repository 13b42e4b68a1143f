import { oneOf, ordersOf } from '../load/buyers.ts'
import { forgetItems, openItem, requireSold } from '../load/sales.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import type { Contender } from './contender.ts'

/** (d) Orders that were accepted before, sent again with their idempotency keys. */
export const replay: Contender = {
  async open(ground) {
    const { buyers, generator, settings } = ground
    const api = await ground.api()
    return async () => {
      const itemId = await openItem(api)
      const requestsOf = ordersOf(buyers, settings.connections, (connection, turn) => ({
        body: oneOf(itemId),
        idempotencyKey: `attempt-${connection}-${turn}`,
      }))
      const { connections } = settings
      const placed = await generator.press({ urls: [api.url], connections, until: { laps: 1 }, requestsOf })
      const slice = await pressSlice(ground, { servers: [api], requestsOf })
      requireStatus(slice, acceptedStatus)
      const newCount = slice.answerCount - slice.replayedCount
      if (newCount > 0) throw new Error(`${newCount} replays were taken for new orders`)
      await requireSold(api, [itemId], placed.answerCount)
      await forgetItems(ground, [itemId])
      return slice
    }
  },
}
