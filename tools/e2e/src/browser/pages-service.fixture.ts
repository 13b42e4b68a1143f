import type { App } from '@flash-sale/local-stack/apps/start-app'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import getPort from 'get-port'
import { pagesClient, type PagesClient } from './pages-client.fixture.ts'

export interface PagesService extends PagesClient {
  readonly killApi: () => Promise<void>
  /** Starts the API again at the same address. */
  readonly startApi: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Stores, a worker, and an API that serves the built pages and makes tokens for anybody, as in development, unless `ownEnv` says otherwise. */
export async function startPagesService(ownEnv: Readonly<Record<string, string>> = {}): Promise<PagesService> {
  const stores = await startTestStores()
  const port = String(await getPort({ host: '127.0.0.1' }))
  const env = { DEV_TOKENS: 'true', LOG_LEVEL: 'fatal', ...ownEnv }
  const startApi = () => startTestProcess('api', stores, { env: { ...env, PORT: port } })
  const worker = await startTestProcess('worker', stores, { env: { LOG_LEVEL: 'fatal' } })
  let api: App = await startApi()
  return {
    ...pagesClient(api.url),
    async killApi() {
      api.kill('SIGKILL')
      await api.exited
    },
    async startApi() {
      api = await startApi()
    },
    async stop() {
      await Promise.all([api.stop(), worker.stop()])
      await stores.stop()
    },
  }
}
