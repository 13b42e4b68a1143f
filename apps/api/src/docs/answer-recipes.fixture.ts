import { randomUUID } from 'node:crypto'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import type { Answer } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { rawHead, sendRaw } from '../testing/raw-http.fixture.ts'
import { saleOf } from '../testing/start-test-api.fixture.ts'
import type { World } from './answer-world.fixture.ts'

interface Request {
  readonly bearer?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces `existing`. */
  readonly ids?: World['existing']
  /** Calls the API whose stores are away. */
  readonly away?: boolean
  /** What follows the path. */
  readonly query?: string
  /** Calls the API without a payment provider. */
  readonly off?: boolean
}

type Send = (request: Request) => Promise<Answer>
type Recipe = (send: Send, world: World) => Promise<Answer>

const ann = buyerToken('ann')
const absent = {
  saleId: 2_147_483_647,
  itemId: 2_147_483_647,
  orderId: '7fffffff-9f17-8598-8f4e-76f1f08574bd',
  jobId: '9-9-9-9',
  quarantineId: 2_147_483_647,
  provider: 'nobody',
  name: 'unknown',
  endpointId: 2_147_483_647,
  deadLetterId: 2_147_483_647,
  unknownMoneyId: 2_147_483_647,
}
const newEndpoint = { url: 'https://shop.example/hooks' }
/** In the form of a cursor of the feed, of an event that is not there. */
const foreignCursor = Buffer.from('order-events:9000000000:AAAAAAAAAAAA').toString('base64url')
const ended = { opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' }
const later = { opensAt: '2999-01-01T00:00:00Z', closesAt: '2999-01-02T00:00:00Z' }

const otherEvent = { type: 'payout.made' }
const paidEvent = {
  type: 'payment.succeeded',
  data: { ref: 'x', url: '', paymentId: randomUUID(), amount: 1, currency: 'EUR', state: 'succeeded' },
}

/** The body with which a call succeeds, for calls that need one. */
const goodBodies: Readonly<Record<string, (world: World) => unknown>> = {
  'POST /v1/orders': ({ existing }) => ({ itemId: existing['itemId'], quantity: 1 }),
  'POST /v1/ops/sales': () => saleOf({}),
  'POST /v1/ops/items/{itemId}/restock': () => ({ units: 1 }),
  'POST /v1/ops/orders/{orderId}/refund': () => ({}),
  'POST /v1/ops/items/{itemId}/total': () => ({ total: 20 }),
  'POST /v1/dev/tokens': () => ({ buyer: 'ann' }),
  'POST /v1/ops/webhook-endpoints': () => newEndpoint,
  'POST /v1/ops/webhook-endpoints/{endpointId}/change': () => ({ description: 'The shop' }),
}

/** How any call gets a status. An entry in `recipes` takes precedence. */
const commonRecipes: Readonly<Record<number, Recipe>> = {
  200: (send) => send({}),
  201: (send) => send({}),
  202: (send) => send({}),
  400: (send) => send({ headers: { host: 'other.example' } }),
  401: (send) => send({ bearer: undefined }),
  403: (send) => send({ bearer: ann }),
  404: (send) => send({ ids: absent }),
  413: (send) => send({ headers: { 'content-length': '1000000' } }),
  422: async (send, { api }) => {
    const key = `the key of another act ${randomUUID()}`
    await api.operate('/v1/ops/sales', saleOf({ sku: 'ANOTHER' }), key)
    return send({ headers: { 'idempotency-key': key } })
  },
  415: (send) => send({ headers: { 'content-encoding': 'gzip' }, body: {} }),
  503: (send) => send({ away: true }),
}

/** How one call gets a status. Each newly documented status needs a line here. */
export const recipes: Readonly<Record<string, Readonly<Record<number, Recipe>>>> = {
  'POST /v1/orders': {
    201: waitForCommit,
    202: (send) => send({ headers: { prefer: 'wait=1' } }),
    404: (send) => send({ body: { itemId: absent.itemId, quantity: 1 } }),
    409: async (send, { api }) => send({ body: { itemId: (await api.createItem({}, later)).itemId, quantity: 1 } }),
    410: async (send, { api }) => send({ body: { itemId: (await api.createItem({}, ended)).itemId, quantity: 1 } }),
    422: (send, world) =>
      twice(send, { itemId: world.existing['itemId'], quantity: 1 }, { itemId: world.existing['itemId'], quantity: 2 }),
  },
  'POST /v1/orders/{orderId}/payments': {
    200: async (send, { confirmOrder }) => send({ ids: { orderId: await confirmOrder() } }),
    409: async (send, { payOrder }) => send({ ids: { orderId: await payOrder() } }),
  },
  'POST /v1/webhooks/payments/{provider}': {
    200: (send, { signWebhook }) => send({ body: otherEvent, headers: signWebhook(otherEvent) }),
    503: (send, { signWebhook }) => send({ away: true, body: paidEvent, headers: signWebhook(paidEvent) }),
  },
  'POST /v1/ops/orders/{orderId}/refund': {
    200: async (send, { payOrder }) => send({ ids: { orderId: await payOrder() } }),
    409: async (send, { confirmOrder }) => send({ ids: { orderId: await confirmOrder() } }),
  },
  // A search for nothing asks no store.
  'GET /v1/ops/search': { 503: (send) => send({ away: true, query: '?text=lamp' }) },
  'POST /v1/orders/{orderId}/cancel': {
    200: async (send, world) => send({ ids: { orderId: await storedOrder(world) } }),
    409: cancelExpired,
  },
  'GET /v1/sales': { 304: sameAgain },
  'GET /v1/sales/{saleId}': { 304: sameAgain },
  'GET /v1/sales/{saleId}/story': { 304: sameAgain },
  'POST /v1/ops/sales': {
    409: (send) => send({ off: true, body: { ...saleOf({}), payWithinSeconds: 60, currency: 'EUR' } }),
  },
  'POST /v1/ops/sales/{saleId}/pause': { 200: changeOwn, 409: changeEnded },
  'POST /v1/ops/sales/{saleId}/resume': { 200: changeOwn, 409: changeEnded },
  'POST /v1/ops/sales/{saleId}/close': { 200: changeOwn },
  'POST /v1/ops/jobs/{jobId}/discard': { 200: async (send, { failJob }) => send({ ids: { jobId: await failJob() } }) },
  'POST /v1/ops/quarantine/{quarantineId}/replay': { 200: workOffOwn },
  'POST /v1/ops/quarantine/{quarantineId}/discard': { 200: workOffOwn },
  'POST /v1/ops/webhook-endpoints': { 409: (send) => send({ body: { ...newEndpoint, after: foreignCursor } }) },
  'GET /v1/ops/order-events': { 409: (send) => send({ query: `?after=${foreignCursor}` }) },
  'POST /v1/ops/webhook-endpoints/{endpointId}/delete': { 200: deleteOwn },
  'POST /v1/ops/webhook-endpoints/{endpointId}/rotate-secret': { 200: deleteOwn, 409: rotateTwice },
  'POST /v1/ops/dead-letters/{deadLetterId}/replay': { 200: workOffOwnLetter },
  'POST /v1/ops/dead-letters/{deadLetterId}/discard': { 200: workOffOwnLetter },
  'POST /v1/ops/unknown-money/{unknownMoneyId}/resolve': { 200: resolveOwnMoney },
  'POST /v1/ops/items/{itemId}/restock': {
    409: async (send, { api }) => send({ ids: { itemId: (await api.createItem({}, ended)).itemId } }),
    422: (send) => twice(send, { units: 1 }, { units: 2 }),
  },
  'POST /v1/ops/items/{itemId}/total': {
    409: async (send, { api }) => send({ ids: { itemId: (await api.createItem({}, ended)).itemId } }),
  },
}

/** An order whose buyer waits while a worker comes by. */
async function waitForCommit(send: Send, { api }: World): Promise<Answer> {
  const { itemId } = await api.createItem()
  const asked = send({ headers: { prefer: 'wait=20' }, body: { itemId, quantity: 1 } })
  await eventually(() => api.stores.redis.xlen(ledgerKeys(itemId).outbox), { what: 'the order' })
  await persistWaiting(api.stores, itemId)
  return asked
}

/** The id of an order of ann's that is in Postgres. */
async function storedOrder({ api }: World): Promise<string> {
  const { itemId } = await api.createItem()
  const answer = await api.order('ann', { itemId, quantity: 1 })
  await persistWaiting(api.stores, itemId)
  return answer.json<{ orderId: string }>().orderId
}

async function cancelExpired(send: Send, world: World): Promise<Answer> {
  const orderId = await storedOrder(world)
  await world.api.stores.database.order.update({ where: { id: orderId }, data: { status: 'expired' } })
  return send({ ids: { orderId } })
}

/** A sale of its own, so that other calls keep theirs. */
async function changeOwn(send: Send, { api }: World): Promise<Answer> {
  return send({ ids: { saleId: (await api.createSale()).saleId } })
}

/** An order in quarantine of its own. */
async function workOffOwn(send: Send, world: World): Promise<Answer> {
  return send({ ids: { quarantineId: await world.quarantine() } })
}

/** An endpoint of its own, so that other calls keep theirs. */
async function deleteOwn(send: Send, { endpoint }: World): Promise<Answer> {
  return send({ ids: { endpointId: await endpoint() } })
}

/** The first secret still signs after the first rotation. */
async function rotateTwice(send: Send, { endpoint }: World): Promise<Answer> {
  const ids = { endpointId: await endpoint() }
  await send({ ids })
  return send({ ids, headers: { 'idempotency-key': randomUUID() } })
}

async function workOffOwnLetter(send: Send, { deadLetter }: World): Promise<Answer> {
  return send({ ids: { deadLetterId: await deadLetter() } })
}

async function resolveOwnMoney(send: Send, { unknownMoney }: World): Promise<Answer> {
  return send({ ids: { unknownMoneyId: await unknownMoney() } })
}

async function changeEnded(send: Send, { api }: World): Promise<Answer> {
  return send({ ids: { saleId: (await api.createSale(ended)).saleId } })
}

/** Sends a call twice, the second time with the `ETag` of the first answer. */
async function sameAgain(send: Send): Promise<Answer> {
  const { headers } = await send({})
  return send({ headers: { 'if-none-match': String(headers['etag']) } })
}

/** Sends two bodies under one key. */
async function twice(send: Send, first: unknown, second: unknown): Promise<Answer> {
  const headers = { 'idempotency-key': `twice ${JSON.stringify(first)}` }
  await send({ headers, body: first })
  return send({ headers, body: second })
}

/** Runs the recipe of a documented pair of call and status; undefined if there is none. `who`: tokens by security scheme. */
export function follow(
  world: World,
  call: string,
  status: number,
  who: readonly string[],
): Promise<Answer> | undefined {
  const recipe = recipes[call]?.[status] ?? commonRecipes[status]
  const bearer = who.includes('buyer') ? ann : who.includes('ops') ? testOpsKey : undefined
  return recipe?.((request) => sendRequest(world, call, { bearer, body: goodBodies[call]?.(world), ...request }), world)
}

function sendRequest(world: World, call: string, request: Request): Promise<Answer> {
  const [method = '', template = ''] = call.split(' ')
  const ids = { ...world.existing, ...request.ids }
  const path = template.replaceAll(/\{(\w+)\}/g, (_text, name: string) => String(ids[name]))
  const body = request.body === undefined ? '' : JSON.stringify(request.body)
  const headers = {
    ...(request.bearer !== undefined && { authorization: `Bearer ${request.bearer}` }),
    // Some calls of operators need it; the others ignore it or take it.
    'act-reason': 'tried',
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...(request.headers?.['content-length'] !== undefined && { 'content-type': 'application/json' }),
    ...request.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const port = request.away ? world.awayPort : request.off ? world.offPort : world.port
  return sendRaw(port, rawHead(method, path + (request.query ?? ''), lines) + body, {
    timeoutMs: 20_000,
    untilHead: 'text/event-stream',
  })
}
