import type { App } from '@flash-sale/local-stack/apps/start-app'
import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import getPort from 'get-port'
import { startOwnPostgres, type OwnPostgres } from './own-postgres.fixture.ts'
import { pagesClient, type PagesClient } from './pages-client.fixture.ts'

export interface PagesService extends PagesClient {
  readonly redis: TestStores['redis']
  readonly payments: SimulatedPayments
  /** Undefined unless it was asked for. */
  readonly postgres: OwnPostgres | undefined
  readonly killApi: () => Promise<void>
  /** Starts the API again at the same address. */
  readonly startApi: () => Promise<void>
  readonly killWorker: () => Promise<void>
  readonly startWorker: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface PagesServiceOptions {
  /** For tests that stop Postgres. It takes some seconds to start. */
  readonly ownPostgres?: boolean
  /** Settings of the API. */
  readonly env?: Readonly<Record<string, string>>
}

/** Stores, a worker, and an API that serves the built pages and makes tokens for anybody, as in development, unless `env` says otherwise. */
export async function startPagesService({
  ownPostgres = false,
  env: ownEnv = {},
}: PagesServiceOptions = {}): Promise<PagesService> {
  const postgres = ownPostgres ? await startOwnPostgres() : undefined
  const stores = postgres ? await storesWith(postgres) : await startTestStores()
  const port = String(await getPort({ host: '127.0.0.1' }))
  const payments = await startSimulatedPayments()
  const pays = {
    SIMULATED_PAYMENTS_URL: payments.url,
    SIMULATED_PAYMENTS_SECRET: payments.secret,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  }
  const env = { DEV_TOKENS: 'true', LOG_LEVEL: 'fatal', SHOP_URL: `http://127.0.0.1:${port}`, ...pays, ...ownEnv }
  const startApi = () => startTestProcess('api', stores, { env: { ...env, PORT: port } })
  const startWorker = () => startTestProcess('worker', stores, { env: { LOG_LEVEL: 'fatal', ...pays } })
  let worker: App = await startWorker()
  let api: App = await startApi()
  payments.tellTo(api.url)
  return {
    ...pagesClient(api.url),
    redis: stores.redis,
    payments,
    postgres,
    killApi: () => kill(api),
    async startApi() {
      api = await startApi()
    },
    killWorker: () => kill(worker),
    async startWorker() {
      worker = await startWorker()
    },
    async stop() {
      await Promise.all([api.stop(), worker.stop(), payments.close()])
      await stores.stop()
    },
  }
}

async function kill(app: App): Promise<void> {
  app.kill('SIGKILL')
  await app.exited
}

async function storesWith(postgres: OwnPostgres): Promise<TestStores> {
  const redis = await startTestRedis()
  const stop = async () => void (await Promise.all([redis.stop(), postgres.stop()]))
  return { redis, database: { ...postgres.database, drop: async () => undefined }, stop }
}
