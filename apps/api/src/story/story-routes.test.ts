import { SaleDrop, SaleStory } from '@flash-sale/contract/sale-story'
import { startNotingDrops } from '@flash-sale/reports/note-drops'
import { eventually } from '@flash-sale/testing/eventually'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

const story = async (saleId: number) => expectSuccess(await api.get(`/v1/sales/${saleId}/story`), 200, SaleStory)
const drop = async (saleId: number) =>
  expectSuccess(await api.get(`/v1/ops/sales/${saleId}/drop`, testOpsKey), 200, SaleDrop)

/** Notes what was counted until now, as a process does each second. */
async function noteCounts(): Promise<void> {
  await startNotingDrops(api.stores.redis, api.context.counts.drops).close()
}

/** Makes the orders a minute older, so that no test waits for their age. */
async function makeOlder(itemId: number): Promise<void> {
  const { database } = api.stores
  await database.$executeRaw`UPDATE orders SET accepted_at = accepted_at - interval '1 minute' WHERE item_id = ${itemId}`
}

async function storyThat(saleId: number, holds: (told: SaleStory) => boolean): Promise<SaleStory> {
  let told!: SaleStory
  await eventually(async () => holds((told = await story(saleId))), { what: 'the story', timeoutMs: 15_000 })
  return told
}

test('the story of a sale that is sold out tells how often buyers asked, who got a unit, and what both stores prove', async () => {
  const { saleId, itemId } = await api.createItem({ total: 3, purchaseLimit: 2 })
  await api.order('ann', { itemId, quantity: 2 }, 'key-1')
  await api.order('ann', { itemId, quantity: 2 }, 'key-1')
  await api.order('bob', { itemId, quantity: 1 })
  for (const buyer of ['cid', 'dan']) expect((await api.order(buyer, { itemId, quantity: 1 })).statusCode).toBe(409)
  await noteCounts()
  const waiting = await story(saleId)
  expect(waiting).toMatchObject({ isOver: true, orders: 0, asked: { accepted: 2 } })
  // It would have to read every order that waits, in the busiest seconds.
  expect(waiting).not.toHaveProperty('proof')
  await persistWaiting(api.stores, itemId)
  await makeOlder(itemId)

  const told = await storyThat(saleId, ({ orders }) => orders === 2)
  expect(told).toMatchObject({
    saleId,
    isOver: true,
    total: 3,
    units: 3,
    buyers: 2,
    endedOrders: 0,
    storedOrders: 2,
    asked: { isComplete: true, accepted: 2, replayed: 1, refused: { SOLD_OUT: 2 } },
    proof: { balanced: true, oversold: 0, undersold: 0, duplicates: 0, limitBreaches: 0 },
  })
  expect(told.asked!.p99Ms).toBeGreaterThan(0)
  expect(told.soldOut).toEqual([{ itemId, at: told.soldOutAt, sellingMs: told.sellingMs }])
})

test('the story says so when the stores have orders that were not counted', async () => {
  const { saleId, itemId } = await api.createItem({ total: 2, purchaseLimit: 1 })
  await api.order('ann', { itemId, quantity: 1 })
  api.context.counts.drops.take()
  await api.order('bob', { itemId, quantity: 1 })
  await noteCounts()
  await persistWaiting(api.stores, itemId)
  await makeOlder(itemId)
  expect((await story(saleId)).asked).toMatchObject({ isComplete: false, accepted: 1 })
})

test('without a count the story tells what the stores know, and a sale that does not exist has none', async () => {
  const { saleId } = await api.createItem()
  const told = await story(saleId)
  expect(told).toMatchObject({ isOver: false, orders: 0, units: 0, buyers: 0, sellingMs: 0, soldOut: [] })
  expect('asked' in told || 'proof' in told || 'soldOutAt' in told).toBe(false)
  expect((await api.get('/v1/sales/999999/story')).statusCode).toBe(404)
})

test('idle time before a restock, and after it until the next order, is not selling time', async () => {
  const { saleId, itemId } = await api.createItem({ total: 2, purchaseLimit: 9 })
  const sell = async (buyers: string[]) => {
    for (const buyer of buyers) expect((await api.order(buyer, { itemId, quantity: 1 })).statusCode).toBe(202)
    await persistWaiting(api.stores, itemId)
  }
  await sell(['ann', 'bob'])
  // The whole past is a minute older, and the restock half a minute: no test waits for that.
  const { database } = api.stores
  await makeOlder(itemId)
  expect((await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 })).statusCode).toBe(200)
  await database.$executeRaw`UPDATE audit_events SET at = at - interval '30 seconds' WHERE item_id = ${itemId}`
  await sell(['cid'])

  const told = await storyThat(saleId, ({ orders }) => orders === 3)
  expect(told.soldOut.map(({ at }) => at)).toEqual([expect.any(String), told.soldOutAt])
  expect(told.sellingMs).toBeLessThan(20_000)
  expect(Date.parse(told.soldOutAt!) - Date.parse(told.firstAt!)).toBeGreaterThan(50_000)
  expect(told.soldOut[1]!.sellingMs).toBe(told.sellingMs)
})

test('the drop has the counts since the opening as points without gaps, and the acts on the sale as marks', async () => {
  const { saleId, itemId, opensAt } = await api.createItem({ total: 5, purchaseLimit: 5 })
  expect((await drop(saleId)).points).toEqual([])
  await api.order('ann', { itemId, quantity: 5 })
  await noteCounts()
  await api.operate(`/v1/ops/sales/${saleId}/pause`)
  await api.operate(`/v1/ops/sales/${saleId}/resume`)
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 })
  const { points, marks } = await eventuallyMarked(saleId)
  expect(points.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
  expect(points.every(({ seconds }) => seconds === 1)).toBe(true)
  expect(marks.map(({ kind }) => kind)).toEqual(['opening', 'pause', 'resume', 'restock'])
  expect(marks[0]!.at).toBe(opensAt)
  expect(marks[3]!.itemId).toBe(itemId)
  expect((await api.get(`/v1/ops/sales/${saleId}/drop`)).statusCode).toBe(401)
})

async function eventuallyMarked(saleId: number): Promise<SaleDrop> {
  let read!: SaleDrop
  await eventually(async () => (read = await drop(saleId)).marks.length > 3, { what: 'the marks' })
  return read
}
