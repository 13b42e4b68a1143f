import { OrderAccepted } from '@flash-sale/contract/orders'
import { OrderEvents } from '@flash-sale/contract/order-events'
import { changeOrder, connectWriter } from '@flash-sale/database/feed/feed-writers.fixture'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { takeDatabaseCopy } from '@flash-sale/testing/test-database'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const testStores = withTestStores()
const api = withApi({ stores: testStores })

async function read(query = ''): Promise<OrderEvents> {
  return expectSuccess(await api.get(`/v1/ops/order-events${query}`, testOpsKey), 200, OrderEvents)
}

/** Everything behind a cursor. */
async function readAll(cursor?: string, limit = 1_000): Promise<{ told: string[]; cursor: string | undefined }> {
  const told: string[] = []
  for (let next = cursor; ;) {
    const { events, cursor: after } = await read(`?limit=${limit}${next === undefined ? '' : `&after=${next}`}`)
    told.push(...events.map(({ eventId }) => eventId))
    next = after
    if (events.length === 0) return { told, cursor: next }
  }
}

async function confirm(count: number): Promise<string[]> {
  const { itemId } = await api.createItem({ total: count, purchaseLimit: 1 })
  const answers = []
  for (let i = 0; i < count; i += 1) answers.push(await api.order(`buyer-${i}`, { itemId, quantity: 1 }))
  await persistWaiting(api.stores, itemId)
  return answers.map((answer) => expectSuccess(answer, 202, OrderAccepted).orderId)
}

async function change(orderId: string, status: 'paid' | 'cancelled'): Promise<void> {
  const client = await connectWriter(testStores.database.url)
  await changeOrder(client, orderId, status)
  await client.end()
}

test('an empty feed has no cursor, and the first event is told without one', async () => {
  expect(await read()).toEqual({ events: [] })
  const [orderId] = await confirm(1)
  const { events, cursor } = await read()
  expect(events).toMatchObject([
    {
      eventId: `${orderId}.confirmed`,
      type: 'order.confirmed',
      orderId,
      status: 'confirmed',
      buyer: 'buyer-0',
      quantity: 1,
    },
  ])
  expect(await read(`?after=${cursor}`)).toEqual({ events: [], cursor })
})

test('from any cursor on, each change is told once, in pages of any size', async () => {
  const { cursor } = await readAll()
  const [first, second, third] = await confirm(3)
  await change(second!, 'paid')
  await change(first!, 'cancelled')
  await change(second!, 'cancelled')
  const changes = [
    ...[first, second, third].map((orderId) => `${orderId}.confirmed`),
    `${second}.paid`,
    `${first}.cancelled`,
    `${second}.cancelled`,
  ]
  for (const limit of [1, 2, 100]) expect((await readAll(cursor, limit)).told).toEqual(changes)
})

test('a reader that waits is told of a change that comes meanwhile, and gets an empty answer otherwise', async () => {
  const { cursor } = await readAll()
  expect(await read(`?after=${cursor}&wait=1`)).toEqual({ events: [], cursor })
  const waiting = read(`?after=${cursor}&wait=30`)
  const [orderId] = await confirm(1)
  expect((await waiting).events).toMatchObject([{ orderId }])
})

test.each([
  ['no cursor at all', '?after=abc'],
  ['a cursor of another list', `?after=${Buffer.from('orders:1').toString('base64url')}`],
  ['a place without its event', `?after=${Buffer.from('order-events:1:').toString('base64url')}`],
  ['too many events', '?limit=1001'],
  ['too long a wait', '?wait=31'],
  ['an unknown field', '?before=1'],
])('%s is not valid', async (_what, query) => {
  expectProblem(await api.get(`/v1/ops/order-events${query}`, testOpsKey), 'INVALID_REQUEST')
})

test('only operators read the feed', async () => {
  expectProblem(await api.get('/v1/ops/order-events', buyerToken('ann')), 'FORBIDDEN')
})

test('a cursor of what a restored Postgres forgot is refused, also when its number is given again', async () => {
  await confirm(1)
  const { cursor: kept } = await readAll()
  const copy = await takeDatabaseCopy(testStores.database.url)
  onTestFinished(async () => void (await eventually(() => read(), { what: 'Postgres to answer' })))
  await eventually(() => confirm(2), { what: 'orders' })
  const { cursor: lost } = await readAll()
  await copy.restore()
  const answer = () => api.get(`/v1/ops/order-events?after=${lost}`, testOpsKey)
  await eventually(async () => expectProblem(await answer(), 'CURSOR_NOT_KNOWN'), { what: 'the refusal' })
  const orderIds = await confirm(3)
  expectProblem(await answer(), 'CURSOR_NOT_KNOWN')
  const confirmed = orderIds.map((orderId) => `${orderId}.confirmed`)
  // The feed waits for whatever other transaction is open.
  await eventually(async () => expect((await readAll(kept)).told).toEqual(confirmed), { what: 'the new orders' })
})
