import { randomUUID } from 'node:crypto'
import { CreateSaleBody, ItemAudit, type CreateSaleItem } from '@flash-sale/contract/ops'
import { SaleView, type ItemView } from '@flash-sale/contract/sales'
import { connectDatabase } from '@flash-sale/database/connect'
import { createFeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import { createDoorbell, type Doorbell } from '@flash-sale/queue/order-queue'
import type { AcknowledgementDemand } from '@flash-sale/runtime/acknowledgement-level'
import { createAcknowledgementCheck } from '@flash-sale/runtime/check-acknowledgement'
import { createSimulatedProvider } from '@flash-sale/payments/simulated-provider'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis, whenReady, type RedisRole } from '@flash-sale/runtime/redis'
import { watchStanding } from '@flash-sale/runtime/redis-standing'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { ReserveStrategyName } from '@flash-sale/stock/reserve-strategy'
import type { Stores } from '@flash-sale/upkeep/stores'
import { watchStores } from '@flash-sale/upkeep/watch-stores'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken, testJwtSecret, testOpsKey, testPayments } from '@flash-sale/testing/test-tokens'
import { duringTests } from '@flash-sale/testing/during-tests'
import { withTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import type { LightMyRequestResponse as Response } from 'fastify'
import type { Redis } from 'ioredis'
import type { Api, ApiContext } from '../api-context.ts'
import { buildApp } from '../app.ts'
import { createContext } from '../create-context.ts'
import { expectSuccess } from './expect-answer.fixture.ts'

export interface TestApiOptions {
  readonly strategy?: ReserveStrategyName
  readonly batchSizeMax?: number
  readonly pendingCountMax?: number
  readonly deadlineMs?: number
  readonly devTokens?: boolean
  readonly signInUrl?: string
  /** Default: true, since the receivers of tests listen on this machine. */
  readonly allowPrivateWebhooks?: boolean
  readonly stopping?: AbortSignal
  /** Default: a provider that does not answer. */
  readonly payments?: ApiContext['payments'] | 'OFF'
  readonly shopUrl?: string
  /** The folder of built pages. Default: no pages. */
  readonly pagesFolder?: string
  /** Addresses that replace the stores' own, for example of a proxy. */
  readonly redisUrl?: string
  readonly databaseUrl?: string
  /** Default: `fsync`. */
  readonly demand?: AcknowledgementDemand
  /** How often Redis is judged again. In ms. */
  readonly judgeEveryMs?: number
}

/** An API in this process, and short calls of it. Each call resolves with the raw answer. */
export interface TestApi {
  readonly app: Api
  readonly context: ApiContext
  readonly stores: Stores
  readonly queue: Doorbell['queue']
  readonly orderRedis: Redis
  /** The sizes of batches that the ledger accepted. */
  readonly acceptedBatchSizes: readonly number[]
  readonly order: (buyer: string, body: unknown, key?: string) => Promise<Response>
  readonly readOrder: (buyer: string, orderId: string) => Promise<Response>
  readonly get: (path: string, bearer?: string) => Promise<Response>
  /** POST as an operator. */
  readonly operate: (path: string, body?: unknown, key?: string, reason?: string) => Promise<Response>
  /** Creates a sale. Default: open for an hour, with one item of 10 units, at most 2 for each buyer. */
  readonly createSale: (sale?: Partial<CreateSaleBody>) => Promise<SaleView>
  /** Creates such a sale and returns its item. */
  readonly createItem: (item?: Partial<CreateSaleItem>, sale?: Partial<CreateSaleBody>) => Promise<ItemView>
  readonly audit: (itemId: number) => Promise<ItemAudit>
  readonly close: () => Promise<void>
}

export interface WithApiOptions extends TestApiOptions {
  /** Default: new stores. Two APIs on the same stores are like two processes of one service. */
  readonly stores?: TestStores
}

/** The API of all tests of a file or of a `describe`. Call it outside the tests. */
export function withApi({ stores = withTestStores(), ...options }: WithApiOptions = {}): TestApi {
  return duringTests(
    () => startTestApi(stores, options),
    (api) => api.close(),
  )
}

/** Tests in other files have transactions in flight on the same Postgres server, and hold up every feed. */
const feedSettlesWithinMs = 5_000

/** Starts the API as server.ts does, but without a port, and with bounds that a test can reach. */
export async function startTestApi(
  testStores: Pick<TestStores, 'redis' | 'database'>,
  options: TestApiOptions = {},
): Promise<TestApi> {
  const { strategy = 'gate', batchSizeMax = 256, pendingCountMax = 20_000, deadlineMs = 10_000 } = options
  const logger = createLogger({ name: 'api', level: 'silent' })
  const connect = (role: RedisRole) => connectRedis({ url: options.redisUrl ?? testStores.redis.url, role, logger })
  const contextRedis = { orderRedis: connect('scripts'), opsRedis: connect('scripts'), readRedis: connect('reads') }
  await Promise.all(Object.values(contextRedis).map((redis) => whenReady(redis, 20_000)))
  const databaseUrl = options.databaseUrl ?? testStores.database.url
  const database = connectDatabase(databaseUrl, { poolSizeMax: 8, statementTimeoutMs: 5_000 })
  await eventually(() => database.$queryRaw`SELECT 1`, { what: 'Postgres to answer', timeoutMs: 20_000 })
  const bellRedis = connect('queue-producer')
  await whenReady(bellRedis, 20_000)
  // Nobody rings this doorbell, since tests decide when orders are persisted.
  const doorbell = createDoorbell(bellRedis, () => undefined)
  const { orderRedis, ...others } = contextRedis
  const otherRedis = [...Object.values(others), bellRedis]
  const watch = watchStores({ redis: orderRedis, otherRedis, database, needsWrites: true }, logger)
  const { payments = { provider: createSimulatedProvider(testPayments) } } = options
  const { demand = { level: 'fsync', replicaCount: 0 }, judgeEveryMs } = options
  const acknowledgement = createAcknowledgementCheck(demand, false)
  const standing = watchStanding(orderRedis, {
    checks: [acknowledgement.check],
    logger,
    ...(judgeEveryMs !== undefined && { judgeEveryMs }),
  })
  await standing.whenJudged()
  const acceptedBatchSizes: number[] = []
  const created = createContext({
    ...contextRedis,
    database,
    watch,
    queue: doorbell.queue,
    webhookRule: { allowPrivate: options.allowPrivateWebhooks ?? true },
    standing,
    acknowledgementLevel: () => acknowledgement.level,
    replicaCount: demand.level === 'replicated' ? demand.replicaCount : 0,
    payments: payments === 'OFF' ? undefined : payments,
    shopUrl: options.shopUrl,
    stopping: options.stopping ?? new AbortController().signal,
    strategy,
    bounds: { batchSizeMax, pendingCountMax, deadlineMs },
    onAccepted: ({ orderCount }) => void acceptedBatchSizes.push(orderCount),
    onError: () => undefined,
  })
  const context = { ...created, horizon: createFeedHorizon(database, feedSettlesWithinMs) }
  const { stores, batcher } = context
  const secrets = {
    jwtSecret: testJwtSecret,
    opsKey: testOpsKey,
    devTokens: options.devTokens ?? false,
    signInUrl: options.signInUrl,
  }
  const app = await buildApp(context, secrets, logger, options.pagesFolder)
  const close = async () => {
    await app.close()
    await batcher.close()
    stores.locks.close()
    watch.close()
    standing.close()
    await doorbell.close()
    await Promise.all([
      ...[bellRedis, ...Object.values(contextRedis)].map((redis) => closeRedis(redis)),
      database.$disconnect(),
    ])
  }
  return {
    app,
    context,
    stores,
    orderRedis,
    queue: doorbell.queue,
    acceptedBatchSizes,
    ...wordsFor(app, stores),
    close,
  }
}

function wordsFor(app: Api, stores: Stores) {
  const send = (
    method: 'GET' | 'POST',
    url: string,
    bearer?: string,
    payload?: unknown,
    key?: string,
    reason?: string,
  ) =>
    app.inject({
      method,
      url,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(reason !== undefined && { 'act-reason': encodeURIComponent(reason) }),
      },
      ...(payload !== undefined && { payload: JSON.stringify(payload) }),
    })
  const operate = (path: string, body?: unknown, key?: string, reason?: string) =>
    send('POST', path, testOpsKey, body, key, reason)
  // With a key of its own: two sales made in the same millisecond are the same request otherwise.
  const createSale = async (sale: Partial<CreateSaleBody> = {}) => {
    const { closesAt, ...asked } = { ...saleOf({}), ...sale }
    const isOver = Date.parse(closesAt) <= Date.now()
    const body = { ...asked, closesAt: isOver ? saleOf({}).closesAt : closesAt }
    const created = expectSuccess(await operate('/v1/ops/sales', body, randomUUID()), 201, SaleView)
    return isOver ? endSale(created, closesAt) : created
  }
  // The service creates no sale that is over. Time brings it about otherwise.
  const endSale = async ({ saleId, items }: SaleView, closesAt: string) => {
    await stores.database.sale.update({ where: { id: saleId }, data: { closesAt: new Date(closesAt) } })
    for (const { itemId } of items) {
      await stores.redis.hset(ledgerKeys(itemId).ledger, 'closesAt', Date.parse(closesAt))
    }
    return expectSuccess(await send('GET', `/v1/sales/${saleId}`), 200, SaleView)
  }
  return {
    order: (buyer: string, body: unknown, key?: string) => send('POST', '/v1/orders', buyerToken(buyer), body, key),
    readOrder: (buyer: string, orderId: string) => send('GET', `/v1/orders/${orderId}`, buyerToken(buyer)),
    get: (path: string, bearer?: string) => send('GET', path, bearer),
    operate,
    createSale,
    createItem: async (item: Partial<CreateSaleItem> = {}, sale: Partial<CreateSaleBody> = {}) => {
      const { items } = await createSale({ ...saleOf(item), ...sale })
      if (!items[0]) throw new Error('a sale was made without items')
      return items[0]
    },
    audit: async (itemId: number) =>
      expectSuccess(await send('GET', `/v1/ops/items/${itemId}/audit`, testOpsKey), 200, ItemAudit),
  }
}

/** A sale that opened a second ago and closes in an hour, so that clocks need not agree to the millisecond. */
export function saleOf(item: Partial<CreateSaleItem>): CreateSaleBody {
  const nowMs = Date.now()
  return {
    name: 'Sneaker drop',
    opensAt: new Date(nowMs - 1_000).toISOString(),
    closesAt: new Date(nowMs + 3_600_000).toISOString(),
    items: [{ sku: 'SNK-42', name: 'Sneaker, size 42', priceCents: 12_900, total: 10, purchaseLimit: 2, ...item }],
  }
}
