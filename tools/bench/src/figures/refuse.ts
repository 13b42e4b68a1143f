import { problemCatalogue } from '@flash-sale/contract/problem'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { forgetItems, openItem, requireSold } from '../load/sales.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import type { Contender } from './contender.ts'

/** (c) Nothing is left: what most buyers of a flash sale get. */
export const refuse: Contender = {
  async open(ground) {
    const api = await ground.api()
    return async () => {
      const itemId = await openItem(api, 1)
      const requestsOf = ordersOf(ground.buyers, ground.settings.connections, () => ({ body: oneOf(itemId) }))
      const [first] = requestsOf(0)
      const bought = await ground.generator.press({
        urls: [api.url],
        connections: 1,
        until: { laps: 1 },
        requestsOf: () => [first!],
      })
      requireStatus(bought, acceptedStatus)
      const slice = await pressSlice(ground, { servers: [api], requestsOf })
      requireStatus(slice, problemCatalogue.SOLD_OUT.status)
      await requireSold(api, [itemId], 1)
      await forgetItems(ground, [itemId])
      return slice
    }
  },
}
