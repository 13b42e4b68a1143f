import { sellSlice } from '../measure/sell-slice.ts'
import type { Contender } from './contender.ts'

/** (o) Accepting as in (b), but each order is of a buyer who was never there before. */
export const distinct: Contender = {
  async open(ground) {
    const api = await ground.api()
    return () => sellSlice(ground, { servers: [api], newBuyerCount: ground.settings.newBuyers })
  },
}
