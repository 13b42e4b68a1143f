import { get as httpGet, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
let port: number

beforeAll(async () => {
  port = await listenOnFreePort(api.app)
})

const header = '\uFEFFnumber,orderId,buyer,quantity,status,reason,acceptedAt,confirmedAt\n'
/** Far longer than a page takes to be read and sent. */
const stillMs = 1_500

const pathOf = (itemId: number) => `/v1/ops/items/${itemId}/orders.csv`
const exported = (itemId: number) => api.get(pathOf(itemId), testOpsKey)

async function buy(buyer: string, itemId: number): Promise<string> {
  const { orderId } = expectSuccess(await api.order(buyer, { itemId, quantity: 2 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  return orderId
}

/** Rows as persisting would have made them, faster than ordering them. */
async function fill(itemId: number, rowCount: number): Promise<void> {
  // A statement for each part, so that none comes near the bound of a statement's time.
  for (let from = 1; from <= rowCount; from += 5_000) {
    await api.stores.database.$executeRaw`
      INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at)
      SELECT gen_random_uuid(), ${itemId}::int, repeat('🛒', 120) || i, 1, 'confirmed', now(), now()
      FROM generate_series(${from}::int, ${Math.min(from + 4_999, rowCount)}::int) AS i`
  }
}

/** Half a kilobyte each: their half is more than the buffers of two sockets hold. */
const manyOrders = 60_000
const pageSize = 500

/** Begins the export over a connection of its own. */
async function open(itemId: number, at = port): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${testOpsKey}` }
  const [response] = (await once(httpGet({ port: at, path: pathOf(itemId), headers, agent: false }), 'response')) as [
    IncomingMessage,
  ]
  return response
}

test('the orders of the item are one line each, by their numbers, under a header line', async () => {
  const { itemId } = await api.createItem()
  const ids = [await buy('ann', itemId), await buy('李雷', itemId)]
  await buy('ann', (await api.createItem()).itemId)
  const answer = await exported(itemId)
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="orders-of-item-${itemId}.csv"`,
    'cache-control': 'no-store',
  })
  expect(answer.body.startsWith(header)).toBe(true)
  const rows = answer.body.slice(header.length).trimEnd().split('\n')
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`
  expect(rows).toEqual([
    expect.stringMatching(new RegExp(`^\\d+,${ids[0]},ann,2,confirmed,,${time},${time}$`)),
    expect.stringMatching(new RegExp(`^\\d+,${ids[1]},李雷,2,confirmed,,${time},${time}$`)),
  ])
})

test('an item without orders has the header line only, one that does not exist is a problem', async () => {
  const { itemId } = await api.createItem()
  expect((await exported(itemId)).body).toBe(header)
  expectProblem(await exported(2 ** 31 - 1), 'ITEM_NOT_FOUND')
  expectProblem(await api.get(pathOf(0), testOpsKey), 'INVALID_REQUEST')
})

test.each([
  ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1', "'＝1"],
  [' =1+1', "' =1+1"],
  ['x;=cmd;y', "x;'=cmd;y"],
  ['x; "=cmd', `"x;' ""=cmd"`],
  ['x;y - z', 'x;y - z'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
])('a buyer named %s is text to a spreadsheet', async (buyer, cell) => {
  const { itemId } = await api.createItem()
  const orderId = await buy(buyer, itemId)
  expect((await exported(itemId)).body).toContain(`${orderId},${cell},2,confirmed,`)
})

test('tens of thousands of orders come whole and in order', async () => {
  const { itemId } = await api.createItem()
  await fill(itemId, 20_000)
  const lines = (await exported(itemId)).body.slice(header.length).trimEnd().split('\n')
  const numbers = lines.map((line) => Number(line.split(',')[0]))
  expect(lines).toHaveLength(20_000)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
})

test('who reads slowly is read for slowly, and who goes away stops it', async () => {
  const { itemId } = await api.createItem()
  await fill(itemId, manyOrders)
  const pages = vi.spyOn(api.stores.database.order, 'findMany')
  onTestFinished(() => pages.mockRestore())
  const response = await open(itemId)
  response.pause()
  // What is under way fits into the buffers of both ends' sockets.
  const pagesWhenStill = await atRest(() => pages.mock.calls.length)
  expect(pagesWhenStill).toBeGreaterThan(1)
  expect(pagesWhenStill).toBeLessThan(manyOrders / pageSize / 2)
  response.destroy()
  expect(await atRest(() => pages.mock.calls.length)).toBeLessThanOrEqual(pagesWhenStill + 2)
})

/** The count once it has stood still for a while: a page takes a few milliseconds to read. */
async function atRest(countNow: () => number): Promise<number> {
  for (let last = countNow(); ; last = countNow()) {
    await sleep(stillMs)
    if (countNow() === last) return last
  }
}

test('a server that stops cuts off an export whose client takes nothing', async () => {
  const { itemId } = await api.createItem()
  await fill(itemId, manyOrders)
  const stopping = await startTestApi(stores)
  const response = await open(itemId, await listenOnFreePort(stopping.app))
  response.on('error', () => undefined)
  response.pause()
  const startedAtMs = performance.now()
  await stopping.close()
  expect(performance.now() - startedAtMs).toBeLessThan(10_000)
})

test('asking for its head reads nothing, and only operators export', async () => {
  const { itemId } = await api.createItem()
  const head = await api.app.inject({
    method: 'HEAD',
    url: pathOf(itemId),
    headers: { authorization: `Bearer ${testOpsKey}` },
  })
  expect(head.statusCode).toBe(405)
  expectProblem(await api.get(pathOf(itemId)), 'UNAUTHORIZED')
  expectProblem(await api.get(pathOf(itemId), buyerToken('ann')), 'FORBIDDEN')
})
