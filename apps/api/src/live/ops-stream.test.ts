import { once } from 'node:events'
import { OpsFrame, OpsHistory, type LiveItem } from '@flash-sale/contract/live'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { ItemView } from '@flash-sale/contract/sales'
import { itemLockName, ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { holdItem } from '@flash-sale/upkeep/hold-item'
import { Value } from 'typebox/value'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import {
  openStream,
  type OpenStream,
  type OpenStreamOptions,
  type StreamEvent,
} from '../testing/open-stream.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
let url: string

beforeAll(async () => {
  url = `http://127.0.0.1:${await listenOnFreePort(api.app)}/v1/ops/stream`
})

async function watch(options: OpenStreamOptions = {}): Promise<OpenStream> {
  const stream = await openStream(url, { bearer: testOpsKey, ...options })
  onTestFinished(stream.leave)
  expect(stream.response.status).toBe(200)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
  return stream
}

function frameOf({ data }: StreamEvent): OpsFrame {
  expect([...Value.Errors(OpsFrame, data)]).toEqual([])
  return data as OpsFrame
}

function itemIn(event: StreamEvent, itemId: number): LiveItem | undefined {
  return event.name === 'frame' ? frameOf(event).items.find((item) => item.itemId === itemId) : undefined
}

/** The item as soon as it is as it should be. */
async function shown(stream: OpenStream, itemId: number, isIt: (item: LiveItem) => boolean): Promise<LiveItem> {
  const event = await stream.heard((candidate) => {
    const item = itemIn(candidate, itemId)
    return item !== undefined && isIt(item)
  })
  return itemIn(event, itemId)!
}

async function place(buyer: string, itemId: number, quantity = 1): Promise<void> {
  expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted)
}

/** While an order waits its outbox entry says when, afterwards its row: two readings of one clock, in one script. */
function expectSameMoment(actual: string | undefined, expected: string | undefined): void {
  expect(Math.abs(Date.parse(actual!) - Date.parse(expected!))).toBeLessThanOrEqual(5)
}

test('a listener hears the history, then the frame of now, and sees an order go from the outbox to Postgres', async () => {
  const { itemId } = await api.createItem({ total: 5, purchaseLimit: 5 })
  const stream = await watch()
  const fresh = await shown(stream, itemId, () => true)
  expect(fresh).toMatchObject({ total: 5, available: 5, outboxUnits: 0, confirmedUnits: 0, invariant: 'balanced' })
  expect(fresh).toMatchObject({ state: 'open', saleName: 'Sneaker drop', purchaseLimit: 5 })
  expect(fresh).not.toHaveProperty('firstSoldAt')
  expect(stream.events.map(({ name }) => name).slice(0, 2)).toEqual(['history', 'frame'])
  expect([...Value.Errors(OpsHistory, stream.events[0]!.data)]).toEqual([])
  const id = Number(stream.events[1]!.id)
  expect(id).toBe(Date.parse(frameOf(stream.events[1]!).rates.at))

  await place('ann', itemId, 2)
  const waiting = await shown(stream, itemId, ({ outboxUnits }) => outboxUnits === 2)
  expect(waiting).toMatchObject({ available: 3, confirmedUnits: 0, invariant: 'settling' })
  await place('bob', itemId, 3)
  const soldOut = await shown(stream, itemId, ({ available }) => available === 0)
  expect(soldOut.oldestOutboxAgeMs).toBeGreaterThan(0)
  expect(Date.parse(soldOut.soldOutAt!)).toBeGreaterThanOrEqual(Date.parse(soldOut.firstSoldAt!))

  await persistWaiting(api.stores, itemId)
  const settled = await shown(stream, itemId, ({ invariant, available }) => invariant === 'balanced' && available === 0)
  expect(settled).toMatchObject({ outboxUnits: 0, confirmedUnits: 5, paidUnits: 0, oldestOutboxAgeMs: 0 })
  expectSameMoment(settled.firstSoldAt, soldOut.firstSoldAt)
  expectSameMoment(settled.soldOutAt, soldOut.soldOutAt)

  expectSuccess(await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 4 }), 200, ItemView)
  const restocked = await shown(stream, itemId, ({ total }) => total === 9)
  expect(restocked).toMatchObject({ available: 4, confirmedUnits: 5 })
  expect(restocked).not.toHaveProperty('soldOutAt')
})

test('in a storm every frame sums to the total, none says that it is broken, and there are four a second at most', async () => {
  // Far more than the storm can buy: an item that is sold out changes no more, and is in no frame.
  const total = 1_000_000
  const { itemId } = await api.createItem({ total, purchaseLimit: 1 })
  const stream = await watch()
  const earliestEndMs = performance.now() + 2_500
  const itemsShown = () => stream.events.flatMap((event) => itemIn(event, itemId) ?? [])
  const goesOn = () => performance.now() < earliestEndMs || itemsShown().length <= 4
  let buyerCount = 0
  const buyer = async (): Promise<void> => {
    while (goesOn()) await api.order(`storm-${(buyerCount += 1)}`, { itemId, quantity: 1 })
  }
  const persister = async (): Promise<void> => {
    while (goesOn()) await persistWaiting(api.stores, itemId)
  }
  await Promise.all([...Array.from({ length: 20 }, buyer), persister()])
  await persistWaiting(api.stores, itemId)
  await shown(stream, itemId, ({ invariant, confirmedUnits }) => invariant === 'balanced' && confirmedUnits > 0)

  const items = itemsShown()
  for (const item of items) {
    expect(item.available + item.outboxUnits + item.confirmedUnits + item.paidUnits).toBe(total)
    expect(item.invariant).not.toBe('broken')
  }
  expect(items.some(({ available }) => available > 0 && available < total)).toBe(true)
  const timesMs = stream.events.filter(({ name }) => name === 'frame').map((event) => Date.parse(frameOf(event).at))
  for (const [i, atMs] of timesMs.slice(4).entries()) expect(atMs - timesMs[i]!).toBeGreaterThan(950)
})

test('who comes back hears only the rates after the last frame that they saw', async () => {
  const { redis } = api.stores
  const seconds = (await redis.time())[0]!
  const body = { id: 'here:1', kind: 'api', startedAtMs: 0, last: false, totals: { accepted: 7 }, durations: [[3, 7]] }
  for (const ago of [60, 40, 20]) {
    // Ids of a stream only go up: what a process reported a while ago must be the first there.
    await redis.xadd('{flash-sale}:reports', `${(seconds - ago) * 1_000}-0`, 'report', JSON.stringify(body))
  }
  const other = await startTestApi(stores)
  onTestFinished(other.close)
  const otherUrl = `http://127.0.0.1:${await listenOnFreePort(other.app)}/v1/ops/stream`
  const historyOf = async (lastEventId?: string) => {
    const stream = await openStream(otherUrl, { bearer: testOpsKey, ...(lastEventId !== undefined && { lastEventId }) })
    onTestFinished(stream.leave)
    const { data } = await stream.heard(({ name }) => name === 'history')
    return (data as OpsHistory).frames
  }
  const all = await historyOf()
  expect(all.filter(({ accepted }) => accepted === 7).map(({ at }) => Date.parse(at) / 1_000)).toEqual([
    seconds - 60,
    seconds - 40,
    seconds - 20,
  ])
  expect(all.find(({ accepted }) => accepted === 7)?.p99Ms).toBeGreaterThan(0)
  const after = await historyOf(String((seconds - 40) * 1_000))
  expect(after.filter(({ accepted }) => accepted === 7)).toHaveLength(1)
  expect((await historyOf('not an id')).length).toBeGreaterThanOrEqual(all.length)
})

test('a buyer is refused with 403, and nobody with 401, before the stream begins', async () => {
  expectProblem(await api.get('/v1/ops/stream', buyerToken('ann')), 'FORBIDDEN')
  expectProblem(await api.get('/v1/ops/stream'), 'UNAUTHORIZED')
})

test('who holds an item is shown for as long as it is held, and for what', async () => {
  const { itemId } = await api.createItem()
  const stream = await watch()
  const letGo = new AbortController()
  onTestFinished(() => letGo.abort())
  const held = holdItem(api.stores, itemId, 'restock', 10_000, () => once(letGo.signal, 'abort'))
  // The rebuild that made its ledger may be shown before.
  const isRestock = new RegExp(`^restock by .+:${process.pid}$`)
  const { lock } = await shown(stream, itemId, (item) => isRestock.test(item.lock?.holder ?? ''))
  expect(Math.abs(Date.parse(lock!.since) - Date.now())).toBeLessThan(10_000)
  expect(lock?.expiresInMs).toBeGreaterThan(0)
  expect(lock?.expiresInMs).toBeLessThanOrEqual(5_000)
  letGo.abort()
  await held
  const heardCount = stream.events.length
  const isWithoutLock = (event: StreamEvent) => {
    const item = itemIn(event, itemId)
    return item !== undefined && item.lock === undefined
  }
  await eventually(() => stream.events.slice(heardCount).some(isWithoutLock), { what: 'a frame without the lock' })
})

test('the first frame brings every item, a later one those that changed', async () => {
  const [still, moving] = [await api.createItem(), await api.createItem()].map(({ itemId }) => itemId) as [
    number,
    number,
  ]
  const stream = await watch()
  const frames = () => stream.events.filter(({ name }) => name === 'frame').map(frameOf)
  await stream.heard((event) => itemIn(event, moving) !== undefined && itemIn(event, still) !== undefined)
  await eventually(() => frames().length >= 3, { what: 'frames after the first' })
  await place('ann', moving, 1)
  await shown(stream, moving, ({ outboxUnits }) => outboxUnits === 1)
  const [first, ...later] = frames()
  expect(first!.items.map(({ itemId }) => itemId)).toEqual(first!.itemIds)
  const change = later.find(({ items }) => items.some((item) => item.itemId === moving && item.outboxUnits === 1))!
  expect(change.items.map(({ itemId }) => itemId)).toEqual([moving])
  expect(change.itemIds).toEqual(expect.arrayContaining([still, moving]))
})

test('a lock whose holder has no name is shown too', async () => {
  const { itemId } = await api.createItem()
  await using _lock = await api.stores.locks.acquire(itemLockName(itemId), { leaseMs: 5_000 })
  // The lock that made its ledger may be shown before.
  await shown(await watch(), itemId, ({ lock }) => lock?.holder === 'a holder without a name')
})

test('the light turns to broken with the numbers when rows are tampered with, and back when they are mended', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  await place('ann', itemId, 2)
  await persistWaiting(api.stores, itemId)
  const stream = await watch()
  await shown(stream, itemId, ({ invariant }) => invariant === 'balanced')

  await api.stores.database.$executeRaw`UPDATE sale_items SET persisted = persisted - 2 WHERE id = ${itemId}`
  const undersold = await shown(stream, itemId, ({ invariant }) => invariant === 'broken')
  expect(undersold.faults).toEqual({ oversold: 0, undersold: 2 })
  await api.stores.database.$executeRaw`UPDATE sale_items SET persisted = persisted + 5 WHERE id = ${itemId}`
  const oversold = await shown(stream, itemId, ({ faults }) => (faults?.oversold ?? 0) > 0)
  expect(oversold).toMatchObject({ invariant: 'broken', faults: { oversold: 3, undersold: 0 } })
  for (const item of [undersold, oversold]) {
    expect(item.available + item.outboxUnits + item.confirmedUnits + item.paidUnits).toBe(10)
  }
  const heardCount = stream.events.length
  await api.stores.database.$executeRaw`UPDATE sale_items SET persisted = persisted - 3 WHERE id = ${itemId}`
  await eventually(
    () => stream.events.slice(heardCount).some((event) => itemIn(event, itemId)?.invariant === 'balanced'),
    { what: 'the light to turn back' },
  )
})

test('without its ledger an item is unavailable, and shows what Postgres counts', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  await place('ann', itemId, 2)
  await persistWaiting(api.stores, itemId)
  await api.stores.redis.hset(ledgerKeys(itemId).ledger, 'state', 'rebuilding')
  // The frame before may have been collected already.
  const item = await shown(
    await watch(),
    itemId,
    ({ invariant, confirmedUnits }) => invariant === 'unavailable' && confirmedUnits > 0,
  )
  expect(item).toMatchObject({ total: 10, available: 8, confirmedUnits: 2, outboxUnits: 0 })
})

test('a sale that was over an hour ago is not watched any more', async () => {
  const agoMs = Date.now() - 2 * 3_600_000
  const over = { opensAt: new Date(agoMs).toISOString(), closesAt: new Date(agoMs + 60_000).toISOString() }
  const { itemId: gone } = await api.createItem({}, over)
  const { itemId } = await api.createItem()
  const stream = await watch()
  await shown(stream, itemId, () => true)
  expect(stream.events.flatMap((event) => itemIn(event, gone) ?? [])).toEqual([])
})

test('the rates tell how many rings wait, those of a paused queue included', async () => {
  onTestFinished(() => api.queue.obliterate({ force: true }))
  const ring = (entryId: string, delay = 0) => api.queue.add('persist', { itemId: 1, epoch: 1, entryId }, { delay })
  const shownDepth = (depth: number) =>
    stream.heard((event) => event.name === 'frame' && frameOf(event).rates.queueDepth === depth)
  const stream = await watch()
  await ring('1-0')
  await ring('2-0')
  await ring('3-0', 60_000)
  await shownDepth(3)
  await api.queue.pause()
  await ring('4-0')
  await shownDepth(4)
})
