import { oneOf, ordersOf } from '../load/buyers.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import type { Contender } from './contender.ts'

/** (a) The same Fastify, schema and body, answering 202 at once; with a token check if asked for. */
function bareServer(checksTokens: boolean): Contender {
  return {
    async open(ground) {
      const server = await ground.startServer('bare-server', {
        JWT_SECRET: ground.secrets.JWT_SECRET,
        ...(checksTokens && { BARE_TOKENS: 'true' }),
      })
      const requestsOf = ordersOf(ground.buyers, ground.settings.connections, () => ({ body: oneOf(1) }))
      return async () => {
        const slice = await pressSlice(ground, { servers: [server], requestsOf })
        requireStatus(slice, acceptedStatus)
        return slice
      }
    },
  }
}

export const bare = bareServer(false)
export const bareWithToken = bareServer(true)
