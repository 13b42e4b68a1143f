import { once } from 'node:events'
import type { Server } from 'node:net'
import { allTaken } from '@flash-sale/runtime/close-connections'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readEnv } from '@flash-sale/runtime/env'
import { createLogger } from '@flash-sale/runtime/logger'
import { runMain } from '@flash-sale/runtime/run-main'
import { closeOnSignal } from '@flash-sale/runtime/shutdown'
import { createBalancer } from './balance-connections.ts'
import { BalancerEnv } from './env.ts'
import { createFindApis } from './find-apis.ts'
import { watchReadiness } from './watch-readiness.ts'

/** Answers under way get this long when we stop; which connections only idle cannot be seen from here. In ms. */
const drainMs = 1_000

/** Takes connections and passes them on until it is told to stop. */
async function main(): Promise<void> {
  const env = readEnv(BalancerEnv)
  const logger = createLogger({ name: 'balancer', level: env.LOG_LEVEL })
  const findApis = createFindApis(env.API_HOST, env.API_PORT)
  const { isReady, stop } = watchReadiness(findApis)
  const server = createBalancer({ findApis, isReady, logger })
  closeOnSignal({ logger, close: () => stopTaking(server).finally(stop) })
  server.listen(env.PORT, env.HOST)
  await once(server, 'listening')
  announceReady(`http://${env.HOST}:${env.PORT}`)
}

async function stopTaking(server: Server): Promise<void> {
  const closed = once(server, 'close')
  await allTaken(server)
  server.close()
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, drainMs))])
}

await runMain(main)
