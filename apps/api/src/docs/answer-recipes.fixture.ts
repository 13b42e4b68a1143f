import { OrderAccepted } from '@flash-sale/contract/orders'
import { createOrderWorker } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis } from '@flash-sale/runtime/redis'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import type { TestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expectSuccess, type Answer } from '../testing/expect-answer.fixture.ts'
import { listenOnFreePort, rawHead, sendRaw } from '../testing/raw-http.fixture.ts'
import { saleOf, startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

/** What the recipes work with: an API whose stores answer, one whose stores are away, and what stands in the stores. */
export interface World {
  readonly api: TestApi
  readonly port: number
  readonly awayPort: number
  /** What `{saleId}` and so on stand for in a path. */
  readonly existing: Readonly<Record<string, string | number>>
  readonly close: () => Promise<void>
}

interface Request {
  readonly bearer?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** In place of `existing`. */
  readonly ids?: World['existing']
  /** Of the API whose stores are away. */
  readonly away?: boolean
}

type Send = (request: Request) => Promise<Answer>
type Recipe = (send: Send, world: World) => Promise<Answer>

const ann = buyerToken('ann')
const absent = {
  saleId: 2_147_483_647,
  itemId: 2_147_483_647,
  orderId: '7fffffff-9f17-8598-8f4e-76f1f08574bd',
  jobId: '9-9-9-9',
}
const ended = { opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' }
const later = { opensAt: '2999-01-01T00:00:00Z', closesAt: '2999-01-02T00:00:00Z' }

/** The call as it succeeds, where a call without a body is not enough. */
const goodBodies: Readonly<Record<string, (world: World) => unknown>> = {
  'POST /v1/orders': ({ existing }) => ({ itemId: existing['itemId'], quantity: 1 }),
  'POST /v1/ops/sales': () => saleOf({}),
  'POST /v1/ops/items/{itemId}/restock': () => ({ units: 1 }),
  'POST /v1/dev/tokens': () => ({ buyer: 'ann' }),
}

/** How any call comes to a status. What stands under `recipes` goes before. */
const commonRecipes: Readonly<Record<number, Recipe>> = {
  200: (send) => send({}),
  201: (send) => send({}),
  202: (send) => send({}),
  400: (send) => send({ headers: { host: 'other.example' } }),
  401: (send) => send({ bearer: undefined }),
  403: (send) => send({ bearer: ann }),
  404: (send) => send({ ids: absent }),
  413: (send) => send({ headers: { 'content-length': '1000000' } }),
  415: (send) => send({ headers: { 'content-encoding': 'gzip' }, body: {} }),
  503: (send) => send({ away: true }),
}

/** How one call comes to a status: a line here for each status that is documented anew. */
export const recipes: Readonly<Record<string, Readonly<Record<number, Recipe>>>> = {
  'POST /v1/orders': {
    404: (send) => send({ body: { itemId: absent.itemId, quantity: 1 } }),
    409: async (send, { api }) => send({ body: { itemId: (await api.createItem({}, later)).itemId, quantity: 1 } }),
    410: async (send, { api }) => send({ body: { itemId: (await api.createItem({}, ended)).itemId, quantity: 1 } }),
    422: (send, world) =>
      twice(send, { itemId: world.existing['itemId'], quantity: 1 }, { itemId: world.existing['itemId'], quantity: 2 }),
  },
  'POST /v1/ops/sales/{saleId}/pause': { 200: changeOwn, 409: changeEnded },
  'POST /v1/ops/sales/{saleId}/resume': { 200: changeOwn, 409: changeEnded },
  'POST /v1/ops/sales/{saleId}/close': { 200: changeOwn },
  'POST /v1/ops/items/{itemId}/restock': {
    409: async (send, { api }) => send({ ids: { itemId: (await api.createItem({}, ended)).itemId } }),
    422: (send) => twice(send, { units: 1 }, { units: 2 }),
  },
}

/** A sale of its own, so that the others go on. */
async function changeOwn(send: Send, { api }: World): Promise<Answer> {
  return send({ ids: { saleId: (await api.createSale()).saleId } })
}

async function changeEnded(send: Send, { api }: World): Promise<Answer> {
  return send({ ids: { saleId: (await api.createSale(ended)).saleId } })
}

/** The answer to one key with two bodies. */
async function twice(send: Send, first: unknown, second: unknown): Promise<Answer> {
  const headers = { 'idempotency-key': `twice ${JSON.stringify(first)}` }
  await send({ headers, body: first })
  return send({ headers, body: second })
}

/** Runs the recipe of a documented pair; undefined when there is none. `who` are those who may call, by their scheme. */
export function follow(
  world: World,
  call: string,
  status: number,
  who: readonly string[],
): Promise<Answer> | undefined {
  const recipe = recipes[call]?.[status] ?? commonRecipes[status]
  const bearer = who.includes('buyer') ? ann : who.includes('ops') ? testOpsKey : undefined
  return recipe?.((request) => send(world, call, { bearer, body: goodBodies[call]?.(world), ...request }), world)
}

function send(world: World, call: string, request: Request): Promise<Answer> {
  const [method = '', template = ''] = call.split(' ')
  const ids = { ...world.existing, ...request.ids }
  const path = template.replaceAll(/\{(\w+)\}/g, (_text, name: string) => String(ids[name]))
  const body = request.body === undefined ? '' : JSON.stringify(request.body)
  const headers = {
    ...(request.bearer !== undefined && { authorization: `Bearer ${request.bearer}` }),
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...(request.headers?.['content-length'] !== undefined && { 'content-type': 'application/json' }),
    ...request.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const port = request.away ? world.awayPort : world.port
  return sendRaw(port, rawHead(method, path, lines) + body, { timeoutMs: 20_000, untilHead: 'text/event-stream' })
}

/** Starts both APIs on these stores, and puts into the stores what the calls ask for. */
export async function startWorld(stores: TestStores): Promise<World> {
  const api = await startTestApi(stores, { devTokens: true })
  const [redisNetwork, postgresNetwork] = await Promise.all(
    [stores.redis.url, stores.database.url].map((url) => startFaultProxy(Number(new URL(url).port))),
  )
  const away = await startTestApi(stores, {
    devTokens: true,
    deadlineMs: 500,
    redisUrl: throughPort(stores.redis.url, redisNetwork!.port),
    databaseUrl: throughPort(stores.database.url, postgresNetwork!.port),
  })
  const { itemId, saleId } = await api.createItem({ total: 1_000, purchaseLimit: 1_000 })
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  const jobId = await failJob(stores, api)
  const [port, awayPort] = await Promise.all([listenOnFreePort(api.app), listenOnFreePort(away.app)])
  redisNetwork!.refuse()
  postgresNetwork!.refuse()
  const close = async () => {
    redisNetwork!.accept()
    postgresNetwork!.accept()
    await Promise.all([api.close(), away.close()])
    await Promise.all([redisNetwork!.close(), postgresNetwork!.close()])
  }
  return { api, port, awayPort, existing: { itemId, saleId, orderId, jobId }, close }
}

function throughPort(url: string, port: number): string {
  const through = new URL(url)
  through.port = String(port)
  return through.href
}

/** A job that failed for good, by its id. */
async function failJob(stores: TestStores, { queue }: TestApi): Promise<string> {
  const logger = createLogger({ name: 'worker', level: 'silent' })
  const redis = connectRedis({ url: stores.redis.url, role: 'queue-worker', logger })
  const worker = createOrderWorker(
    redis,
    1,
    () => Promise.reject(new Error('not today')),
    () => undefined,
  )
  const jobId = '7-1-1700000000000-0'
  await queue.add('persist', { itemId: 7, epoch: 1, entryId: '1700000000000-0' }, { jobId, attempts: 1 })
  await eventually(async () => (await queue.getFailedCount()) === 1, { what: 'the job to fail' })
  await worker.close()
  await closeRedis(redis)
  return jobId
}
