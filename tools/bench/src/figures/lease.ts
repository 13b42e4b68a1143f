import { sellSlice } from '../measure/sell-slice.ts'
import type { Contender } from './contender.ts'

/** (f) The same API, taking the item's lock for each batch: the classic way. */
export const lease: Contender = {
  async open(ground) {
    const api = await ground.startApi({ RESERVE_STRATEGY: 'lease' })
    return () => sellSlice(ground, { servers: [api] })
  },
}
