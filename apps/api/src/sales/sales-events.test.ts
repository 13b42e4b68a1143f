import { AwayEvent, SalesEvent, StockEvent } from '@flash-sale/contract/sales-events'
import { OrderAccepted } from '@flash-sale/contract/orders'
import type { SaleView } from '@flash-sale/contract/sales'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { Value } from 'typebox/value'
import { fastify } from 'fastify'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { openStream, type OpenStream, type StreamEvent } from '../testing/open-stream.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import type { Api } from '../api-context.ts'
import { describeProblems } from '../problems/problem-answers.ts'
import { createHeadStart, headStartMs } from './head-start.ts'
import { readSalesRoutes } from './read-sales.ts'
import { salesEventsRoute } from './sales-events.ts'

const stores = withTestStores()
const api = withApi({ stores })
let url: string

beforeAll(async () => {
  url = await urlOf(api)
})

/** An API with these routes alone. */
function bareApp(addRoutes: (app: Api) => void): { app: Api } {
  const app = fastify({ forceCloseConnections: true }) as unknown as Api
  describeProblems(app)
  addRoutes(app)
  onTestFinished(() => app.close())
  return { app }
}

async function urlOf({ app }: Pick<TestApi, 'app'>): Promise<string> {
  return `http://127.0.0.1:${await listenOnFreePort(app)}/v1/sales/events`
}

async function follow(from = url): Promise<OpenStream> {
  const stream = await openStream(from)
  onTestFinished(stream.leave)
  expect(stream.response.status).toBe(200)
  return stream
}

const schemas: Record<string, typeof SalesEvent | typeof StockEvent | typeof AwayEvent> = {
  sales: SalesEvent,
  stock: StockEvent,
  away: AwayEvent,
}

function salesOf({ name, data }: StreamEvent): SalesEvent['sales'] {
  expect([...Value.Errors(schemas[name]!, data)]).toEqual([])
  return name === 'sales' ? (data as SalesEvent).sales : []
}

/** Units left of the item, if the event says so. */
function unitsIn(event: StreamEvent, itemId: number): number | undefined {
  const item = salesOf(event)
    .flatMap(({ items }) => items)
    .find((one) => one.itemId === itemId)
  return item?.available ?? (event.name === 'stock' ? (event.data as StockEvent).available[itemId] : undefined)
}

test('everybody hears of stock, sold out and restock, without signing in', async () => {
  const { itemId } = await api.createItem({ total: 3, purchaseLimit: 3 })
  const [first, second] = [await follow(), await follow()]
  for (const stream of [first, second]) await stream.heard((event) => unitsIn(event, itemId) === 3)
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  for (const stream of [first, second])
    await stream.heard((event) => event.name === 'stock' && unitsIn(event, itemId) === 1)
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  for (const stream of [first, second]) await stream.heard((event) => unitsIn(event, itemId) === 0)
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 })
  for (const stream of [first, second]) await stream.heard((event) => unitsIn(event, itemId) === 5)
})

test('a new sale is told before it opens, its pause and its end as they happen, and its opening by the clock is not told', async () => {
  const stream = await follow()
  await stream.heard(({ name }) => name === 'sales')
  const { saleId } = await api.createSale({ opensAt: new Date(Date.now() + 5_000).toISOString() })
  const own = (event: StreamEvent) => salesOf(event).find((sale) => sale.saleId === saleId)
  const told = await stream.heard((event) => own(event)?.state === 'scheduled')
  expect((told.data as SalesEvent).saleIds).toContain(saleId)
  await eventually(async () => (await api.get(`/v1/sales/${saleId}`)).json<{ state: string }>().state === 'open', {
    what: 'the opening',
  })
  await api.operate(`/v1/ops/sales/${saleId}/pause`)
  await stream.heard((event) => own(event)?.state === 'paused')
  await api.operate(`/v1/ops/sales/${saleId}/close`)
  const ended = await stream.heard((event) => own(event)?.state === 'closed')
  expect((ended.data as SalesEvent).saleIds).not.toContain(saleId)
  expect(stream.events.map(own).filter((sale) => sale !== undefined)).toMatchObject([
    { state: 'scheduled' },
    { state: 'paused' },
    { state: 'closed' },
  ])
})

test('pages at another process hear the same', async () => {
  const other = await startTestApi(stores)
  onTestFinished(() => other.close())
  const stream = await follow(await urlOf(other))
  const { itemId } = await api.createItem({ total: 3 })
  await stream.heard((event) => unitsIn(event, itemId) === 3)
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  await stream.heard((event) => unitsIn(event, itemId) === 2)
})

test('nothing is read while nobody follows, and for any number of followers no more than a few times a second', async () => {
  const alone = await startTestApi(stores)
  onTestFinished(() => alone.close())
  const from = await urlOf(alone)
  await alone.createItem()
  let timeCount = 0
  const send = alone.context.readRedis.sendCommand.bind(alone.context.readRedis)
  alone.context.readRedis.sendCommand = (command, ...more) => {
    if (command.name === 'time') timeCount += 1
    return send(command, ...more)
  }
  const watchedMs = 2_000
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(timeCount).toBe(0)
  const streams = await Promise.all(Array.from({ length: 50 }, () => follow(from)))
  for (const stream of streams) await stream.heard(({ name }) => name === 'sales')
  const startedAtMs = performance.now()
  timeCount = 0
  await eventually(() => performance.now() - startedAtMs > watchedMs, { what: 'two seconds of following' })
  // Each collection reads the clock twice.
  expect(timeCount / ((performance.now() - startedAtMs) / 1_000)).toBeLessThan(8)
  expect(timeCount).toBeGreaterThan(0)
})

test('pages that named a sold-out item hear first that it has units again, and what a shop reads for the others shows it sold out so long', async () => {
  let nowMs = 0
  const headStart = createHeadStart(() => nowMs)
  const { app } = bareApp((bare) => {
    readSalesRoutes(bare, api.context, headStart)
    salesEventsRoute(bare, api.context, headStart)
  })
  const from = await urlOf({ app })
  const { itemId, saleId } = await api.createItem({ total: 1 })
  const [asked, other] = [await follow(`${from}?first=${itemId + 1},${itemId}`), await follow(from)]
  const readUnits = async (query: string) => {
    const [one, list] = await Promise.all(
      [`/v1/sales/${saleId}`, '/v1/sales'].map(async (path) => (await app.inject(`${path}${query}`)).json()),
    )
    const sales: SaleView[] = [one, ...list.sales]
    return sales.filter((sale) => sale.saleId === saleId).map(({ items }) => items[0]!.available)
  }
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  for (const stream of [asked, other]) await stream.heard((event) => unitsIn(event, itemId) === 0)
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 })
  await asked.heard((event) => unitsIn(event, itemId) === 5)
  await eventually(async () => expect(await readUnits('')).toEqual([5, 5]), { what: 'readings of the stock as it is' })
  expect(await readUnits('?asTold=true')).toEqual([0, 0])
  // A later change of another item is told to everybody.
  const { itemId: laterId } = await api.createItem({ total: 7 })
  for (const stream of [asked, other]) await stream.heard((event) => unitsIn(event, laterId) === 7)
  expect(other.events.map((event) => unitsIn(event, itemId))).not.toContain(5)
  nowMs += headStartMs
  await other.heard((event) => unitsIn(event, itemId) === 5)
  await eventually(async () => expect(await readUnits('?asTold=true')).toEqual([5, 5]), { what: 'readings as told' })
})

test.each([
  'first=',
  'first=0',
  'first=1,',
  'first=1,x',
  'first=1&first=2',
  `first=${Array(21).fill(1).join()}`,
  'frist=1',
])('a stream is refused that asks with %s', async (query) => {
  const { detail } = expectProblem(await api.get(`/v1/sales/events?${query}`), 'INVALID_REQUEST')
  expect(detail).toMatch(/^querystring/)
})

test('streams end when the process stops, and a page that comes then is refused', async () => {
  const stopped = await startTestApi(stores)
  const stream = await follow(await urlOf(stopped))
  await stream.heard(({ name }) => name === 'sales')
  await stopped.close()
  expect(await stream.ended).toBe(true)
})

test('one page too many is told when to come again, and to read the sale meanwhile', async () => {
  const from = await urlOf(bareApp((app) => salesEventsRoute(app, api.context, createHeadStart(), 1)))
  const stream = await follow(from)
  const refused = await fetch(from)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
  expect(await refused.json()).toMatchObject({ code: 'OVERLOADED', detail: expect.stringContaining('Read the sale') })
  stream.leave()
  await eventually(
    async () => (await openStream(from).then(({ response, leave }) => (leave(), response))).status === 200,
    { what: 'the place to be free' },
  )
})

test('a HEAD is no stream', async () => {
  const answer = await api.app.inject({ method: 'HEAD', url: '/v1/sales/events' })
  expect(answer.statusCode).not.toBe(200)
  expectProblem(await api.app.inject({ method: 'POST', url: '/v1/sales/events' }), 'METHOD_NOT_ALLOWED')
})
