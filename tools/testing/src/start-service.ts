import { createClient, type Client } from '@flash-sale/contract/client'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { Redis } from 'ioredis'
import { expect, onTestFinished } from 'vitest'
import { duringTests } from './during-tests.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import type { CheckOptions } from '@flash-sale/kit/history-checker'
import type { Answer, StoredItem, Violation } from '@flash-sale/kit/history'
import { openSale } from '@flash-sale/kit/open-sale'
import { judgeSale, judgeSaleAtRest } from '@flash-sale/kit/judge-sale'
import { overHttp, type PlaceOrder } from '@flash-sale/kit/place-order'
import { readStoredItem } from '@flash-sale/kit/read-stored-item'
import { startTestProcess } from './start-test-process.ts'
import { startTestStores, type TestStores } from './start-test-stores.ts'
import { buyerToken, testOpsKey } from './test-tokens.ts'

/** What is between a process and a store, where a test wants to disturb it or to lead it another way. */
export interface Between {
  readonly redis?: FaultProxy
  readonly postgres?: FaultProxy
  /** Other addresses of the same stores: through a pooler, as another user. */
  readonly redisUrl?: string
  readonly databaseUrl?: string
  /** Settings beside the usual ones, or instead of them. */
  readonly env?: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
}

export interface ServiceSale {
  readonly itemId: number
  readonly saleId: number
  /** Everything that every client was told. */
  readonly history: Answer[]
  /** Places orders at one API process. */
  readonly at: (api: Pick<App, 'url'>) => PlaceOrder
  readonly stored: () => Promise<StoredItem>
  readonly violations: (options?: CheckOptions) => Promise<Violation[]>
  /** Waits until both stores are at rest and nothing contradicts what clients were told. */
  readonly becomesExact: (options?: CheckOptions) => Promise<void>
}

/** Stores, API and worker processes of one test, or of a `describe`. All of it ends with that, killed where it must be. */
export interface Service {
  readonly stores: TestStores
  /** A connection of the test's own, past every proxy. */
  readonly redis: Redis
  readonly startApi: (between?: Between) => Promise<App>
  readonly startWorker: (between?: Between) => Promise<App>
  readonly redisProxy: () => Promise<FaultProxy>
  readonly postgresProxy: () => Promise<FaultProxy>
  readonly ops: (api: Pick<App, 'url'>) => Client
  readonly openSale: (
    api: Pick<App, 'url'>,
    item: { total: number; purchaseLimit: number },
    payment?: { payWithinSeconds: number },
  ) => Promise<ServiceSale>
}

/** For tests that start processes: a second each on an idle machine, and many on a busy one. */
export const slow = { timeout: 120_000 }

/** The service of all tests of a `describe`. Its processes end after them. */
export function withService(): Service {
  const ends: (() => Promise<void> | void)[] = []
  return duringTests(
    () => startService((end) => void ends.push(end)),
    async () => {
      for (const end of ends.toReversed()) await end()
    },
  )
}

/** The service of one test. `atEnd` takes what ends each part of it. */
export async function startService(
  atEnd: (end: () => Promise<void> | void) => void = onTestFinished,
): Promise<Service> {
  const stores = await startTestStores()
  atEnd(stores.stop)
  const redis = new Redis(stores.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  redis.on('error', () => undefined)
  atEnd(() => redis.disconnect())

  const startProcess = async (name: 'api' | 'worker', between: Between = {}): Promise<App> => {
    const env = {
      REDIS_URL: between.redisUrl ?? through(stores.redis.url, between.redis),
      DATABASE_URL: between.databaseUrl ?? through(stores.database.url, between.postgres),
    }
    const app = await startTestProcess(name, stores, {
      env: { ...env, LOG_LEVEL: 'fatal', ...between.env },
      ...(between.onLine && { onLine: between.onLine }),
    })
    atEnd(async () => {
      app.kill('SIGKILL')
      await app.exited
    })
    return app
  }
  const proxyTo = async (url: string): Promise<FaultProxy> => {
    const proxy = await startFaultProxy(Number(new URL(url).port))
    atEnd(proxy.close)
    return proxy
  }
  return {
    stores,
    redis,
    startApi: (between) => startProcess('api', between),
    startWorker: (between) => startProcess('worker', between),
    redisProxy: () => proxyTo(stores.redis.url),
    postgresProxy: () => proxyTo(stores.database.url),
    ops: operate,
    openSale: async (api, newItem, payment) => {
      const { saleId, item } = await openSale(operate(api), { name: 'Test sale', items: [newItem], ...payment })
      const { itemId } = item
      const history: Answer[] = []
      const judged = { itemId, history, redis, databaseUrl: stores.database.url }
      return {
        saleId,
        itemId,
        history,
        at: ({ url }) => overHttp({ baseUrl: url, itemId, tokenOf: buyerToken }, history),
        stored: () => readStoredItem(redis, stores.database.url, itemId),
        violations: (options) => judgeSale(judged, options),
        becomesExact: async (options) => expect(await judgeSaleAtRest(judged, options)).toEqual([]),
      }
    },
  }
}

function operate(api: Pick<App, 'url'>): Client {
  return createClient({ baseUrl: api.url, opsKey: testOpsKey })
}

function through(url: string, proxy: FaultProxy | undefined): string {
  if (!proxy) return url
  const changed = new URL(url)
  changed.host = `127.0.0.1:${proxy.port}`
  return changed.href
}
