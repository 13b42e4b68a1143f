import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Ground } from '../ground.ts'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import type { Contender } from './contender.ts'

/** The same Fastify, schema and body as the API's, answering 202 at once; after the API's own token check if asked for. */
export function startBareServer(ground: Ground, { checksTokens }: { readonly checksTokens: boolean }): Promise<App> {
  return ground.startServer('bare-server', {
    JWT_SECRET: ground.secrets.JWT_SECRET,
    ...(checksTokens && { BARE_TOKENS: 'true' }),
  })
}

/** (a) */
function bareServer(checksTokens: boolean): Contender {
  return {
    async open(ground) {
      const server = await startBareServer(ground, { checksTokens })
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
