import { startNotingDrops } from '@flash-sale/reports/note-drops'
import { createBoundedWork, OverloadedError } from '@flash-sale/runtime/bounded-work'
import { expect, onTestFinished, test, vi } from 'vitest'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'
import { createStoryReader } from './read-story.ts'

const api = withApi()

/** The story as a process reads it that has kept nothing. */
const story = (saleId: number) =>
  createStoryReader(api.context, createBoundedWork({ underWayMax: 1, waitingMax: 0 }))(saleId)

/** How often the rows of a sale were passed over since. */
function watchCounts(): () => number {
  const asked = vi.spyOn(api.stores.database, '$queryRaw')
  onTestFinished(() => asked.mockRestore())
  return () => asked.mock.calls.filter(([sql]) => JSON.stringify(sql).includes('GROUPING SETS')).length
}

test('while a sale sells its rows are not passed over at each reading; once it is sold out and saved they are, and once', async () => {
  const readStory = createStoryReader(api.context, createBoundedWork({ underWayMax: 1, waitingMax: 1 }))
  const counts = watchCounts()
  const { saleId, itemId } = await api.createItem({ total: 2, purchaseLimit: 1 })
  for (const buyer of ['ann', 'bob']) {
    expect(await readStory(saleId)).toMatchObject({ isOver: false, orders: 0 })
    await api.order(buyer, { itemId, quantity: 1 })
    await persistWaiting(api.stores, itemId)
  }
  expect(counts()).toBe(1)
  for (let i = 0; i < 2; i += 1) {
    expect(await readStory(saleId)).toMatchObject({ isOver: true, orders: 2, proof: { balanced: true } })
  }
  expect(counts()).toBe(2)
})

test('while orders of a sold-out sale wait to be saved, no audit reads them, and nothing is proven', async () => {
  const { saleId, itemId } = await api.createItem({ total: 1 })
  await api.order('ann', { itemId, quantity: 1 })
  const outboxRead = vi.spyOn(api.context.readRedis, 'xrange')
  onTestFinished(() => outboxRead.mockRestore())
  const waiting = await story(saleId)
  expect(waiting).toMatchObject({ isOver: true, orders: 0 })
  expect(waiting).not.toHaveProperty('proof')
  expect(outboxRead).not.toHaveBeenCalled()
  await persistWaiting(api.stores, itemId)
  expect(await story(saleId)).toMatchObject({ orders: 1, proof: { balanced: true } })
  expect(outboxRead).toHaveBeenCalled()
})

test('a story whose rows were counted lately waits for no count of another sale', async () => {
  const counting = createBoundedWork({ underWayMax: 1, waitingMax: 0 })
  const readStory = createStoryReader(api.context, counting)
  const [counted, other] = [await api.createItem(), await api.createItem()]
  await readStory(counted.saleId)
  let end!: () => void
  const long = counting.run(() => new Promise<void>((resolve) => (end = resolve)))
  expect(await readStory(counted.saleId)).toMatchObject({ orders: 0 })
  await expect(readStory(other.saleId)).rejects.toThrow(OverloadedError)
  end()
  await long
})

test('whether every order was counted is said once all are saved, and each process has had the time to note the last one', async () => {
  const { saleId, itemId } = await api.createItem({ total: 2, purchaseLimit: 1 })
  const { redis, database } = api.stores
  const buy = async (buyer: string) => {
    await api.order(buyer, { itemId, quantity: 1 })
    await startNotingDrops(redis, api.context.counts.drops).close()
    await persistWaiting(api.stores, itemId)
  }
  await buy('ann')
  const selling = await story(saleId)
  await buy('bob')
  await database.$executeRaw`UPDATE orders SET accepted_at = now() + interval '1 minute' WHERE item_id = ${itemId}`
  const saved = await story(saleId)
  expect([selling?.isOver, saved?.isOver, saved?.proof?.balanced]).toEqual([false, true, true])
  for (const told of [selling, saved]) expect(told?.asked).not.toHaveProperty('isComplete')
  await database.$executeRaw`UPDATE orders SET accepted_at = now() - interval '1 minute' WHERE item_id = ${itemId}`
  expect((await story(saleId))?.asked).toMatchObject({ isComplete: true, accepted: 2 })
})
