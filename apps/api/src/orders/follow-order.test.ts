import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { Value } from 'typebox/value'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { openStream, type OpenStream } from '../testing/open-stream.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'
import { createFollowedOrders } from './followed-orders.ts'

const stores = withTestStores()
const api = withApi({ stores })
let url: string

beforeAll(async () => {
  url = `http://127.0.0.1:${await listenOnFreePort(api.app)}`
})

async function place(buyer: string, itemId: number): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity: 1 }), 202, OrderAccepted).orderId
}

async function follow(orderId: string, bearer: string, from = url): Promise<OpenStream> {
  const stream = await openStream(`${from}/v1/orders/${orderId}/events`, { bearer })
  onTestFinished(stream.leave)
  expect(stream.response.status).toBe(200)
  return stream
}

function viewsOf({ events }: OpenStream): OrderView[] {
  return events.map(({ name, data }) => {
    expect(name).toBe('order')
    expect([...Value.Errors(OrderView, data)]).toEqual([])
    return data as OrderView
  })
}

test('a buyer sees an order accepted, then confirmed with its number, and then the stream ends', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  const [own, operators] = [await follow(orderId, buyerToken('ann')), await follow(orderId, testOpsKey)]
  await own.heard(({ name }) => name === 'order')
  await persistWaiting(api.stores, itemId)
  expect(await own.ended).toBe(true)
  expect(await operators.ended).toBe(true)
  for (const stream of [own, operators]) {
    const [accepted, confirmed, ...more] = viewsOf(stream)
    expect(accepted).toMatchObject({ orderId, itemId, quantity: 1, status: 'accepted' })
    expect(confirmed).toMatchObject({ orderId, status: 'confirmed', number: expect.any(Number) })
    expect(more).toEqual([])
  }
})

test('the stream of an order that is settled already says so and ends', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  await persistWaiting(api.stores, itemId)
  for (const status of ['confirmed', 'paid', 'cancelled', 'expired', 'rejected']) {
    await api.stores.database.$executeRaw`
      UPDATE orders SET status = ${status}::order_status WHERE id = ${orderId}::uuid`
    const stream = await follow(orderId, buyerToken('ann'))
    expect(await stream.ended).toBe(true)
    expect(viewsOf(stream)).toMatchObject([{ orderId, status }])
  }
})

test('many orders are followed by few questions, and each hears of its own', async () => {
  const { itemId } = await api.createItem({ total: 100 })
  const buyers = Array.from({ length: 50 }, (_, i) => `follower-${i}`)
  const followed = await Promise.all(
    buyers.map(async (buyer) => {
      const orderId = await place(buyer, itemId)
      return { orderId, stream: await follow(orderId, buyerToken(buyer)) }
    }),
  )
  await persistWaiting(api.stores, itemId)
  for (const { orderId, stream } of followed) {
    expect(await stream.ended).toBe(true)
    const views = viewsOf(stream)
    expect(views.map((view) => view.orderId)).toEqual([orderId, orderId])
    expect(views.map(({ status }) => status)).toEqual(['accepted', 'confirmed'])
  }
})

test('who joins with older knowledge than the others have hears the change too, and they do not hear it again', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  await persistWaiting(api.stores, itemId)
  const orders = createFollowedOrders(api.stores.database)
  const heard: string[][] = [[], []]
  const join = (own: string[]) => onTestFinished(orders.follow(orderId, 'accepted', ({ status }) => own.push(status)))
  join(heard[0]!)
  await eventually(() => heard[0]!.length > 0, { what: 'the first to hear' })
  join(heard[1]!)
  await eventually(() => heard[1]!.length > 0, { what: 'the second to hear' })
  expect(heard).toEqual([['confirmed'], ['confirmed']])
})

test('a listener who knows a later status than Postgres told is not told the earlier one', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  await persistWaiting(api.stores, itemId)
  const orders = createFollowedOrders(api.stores.database)
  const heard: string[] = []
  const heardByOther: string[] = []
  onTestFinished(orders.follow(orderId, 'paid', ({ status }) => heard.push(status)))
  onTestFinished(orders.follow(orderId, 'accepted', ({ status }) => heardByOther.push(status)))
  await eventually(() => heardByOther.length > 0, { what: 'the other one to hear' })
  expect(heardByOther).toEqual(['confirmed'])
  expect(heard).toEqual([])
})

test("another buyer's order, and one that nobody placed, are not found before a stream begins", async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  const none = deriveOrderId(itemId, 'ann', 'never sent').uuid
  expectProblem(await api.get(`/v1/orders/${orderId}/events`, buyerToken('bob')), 'ORDER_NOT_FOUND')
  expectProblem(await api.get(`/v1/orders/${none}/events`, buyerToken('ann')), 'ORDER_NOT_FOUND')
  expectProblem(await api.get('/v1/orders/x/events', buyerToken('ann')), 'INVALID_REQUEST')
  expectProblem(await api.get(`/v1/orders/${orderId}/events`), 'UNAUTHORIZED')
})

test('a stream ends when its process stops, and goes on at another one', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  const stopping = await startTestApi(stores)
  const stoppingUrl = `http://127.0.0.1:${await listenOnFreePort(stopping.app)}`
  const stream = await follow(orderId, buyerToken('ann'), stoppingUrl)
  await stream.heard(({ name }) => name === 'order')
  const startedAtMs = performance.now()
  await stopping.close()
  expect(performance.now() - startedAtMs).toBeLessThan(10_000)
  expect(await stream.ended).toBe(true)

  const next = await follow(orderId, buyerToken('ann'))
  await persistWaiting(api.stores, itemId)
  expect(await next.ended).toBe(true)
  await eventually(() => viewsOf(next).at(-1)?.status === 'confirmed', { what: 'the confirmation' })
})
