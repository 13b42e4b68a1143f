import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'
import { startTestApi } from '../testing/start-test-api.fixture.ts'

/** Without bounds it is a hundred, and under the load of other tests five. */
const slowdownMax = 20
const readerCount = 16

test('readers who ask for a different list each time do not slow the orders', async () => {
  const stores = await startTestStores()
  const api = await startTestApi(stores)
  onTestFinished(async () => {
    await api.close()
    await stores.stop()
  })
  const { itemId } = await api.createItem({ total: 10_000, purchaseLimit: 1_000 })
  const { database } = api.stores
  await database.$executeRaw`
    INSERT INTO sales (name, state, opens_at, closes_at)
    SELECT 'over ' || n, 'closed', now() - interval '2 days', now() - interval '1 day' FROM generate_series(1, 400) n`
  await database.$executeRaw`
    INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit, settled_at)
    SELECT s.id, 'SKU' || n, 'Name of the item ' || n, 100, 10, 1, now()
    FROM sales s, generate_series(1, 20) n WHERE s.state = 'closed'`

  async function medianOrderMs(): Promise<number> {
    const durations: number[] = []
    for (let i = 0; i < 25; i += 1) {
      const startedAtMs = performance.now()
      expect((await api.order('ann', { itemId, quantity: 1 })).statusCode).toBe(202)
      durations.push(performance.now() - startedAtMs)
    }
    return durations.toSorted((a, b) => a - b)[12]!
  }

  await medianOrderMs()
  const aloneMs = await medianOrderMs()

  const answers = new Set<number>()
  const over = new AbortController()
  async function readLists(reader: number): Promise<void> {
    for (let i = 0; !over.signal.aborted; i += 1) {
      const cursor = Buffer.from(`sales:${120 + ((reader * 7 + i * 13) % 280)}`).toString('base64url')
      const { statusCode } = await api.get(`/v1/sales?state=closed&limit=${37 + ((reader + i) % 64)}&cursor=${cursor}`)
      answers.add(statusCode)
      if (statusCode === 503) await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const readers = Array.from({ length: readerCount }, (_, reader) => readLists(reader))
  // What else the machine does may slow one of the measurements, and not the other.
  const slowdowns: number[] = []
  do slowdowns.push((await medianOrderMs()) / aloneMs)
  while (slowdowns.at(-1)! >= slowdownMax && slowdowns.length < 4)
  over.abort()
  await Promise.all(readers)
  expect(answers).toEqual(new Set([200, 503]))
  expect(Math.min(...slowdowns), slowdowns.join()).toBeLessThan(slowdownMax)
}, 60_000)
