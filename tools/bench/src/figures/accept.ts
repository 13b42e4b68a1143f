import { sellSlice } from '../measure/sell-slice.ts'
import type { Contender } from './contender.ts'

/** (b) The full order path: token check, limits, metrics, the outbox. Persisting is not part of it: no worker runs. */
export const accept: Contender = {
  async open(ground) {
    const api = await ground.api()
    return () => sellSlice(ground, { servers: [api] })
  },
}
