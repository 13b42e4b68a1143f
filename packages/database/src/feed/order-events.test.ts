import { createTestItem } from '@flash-sale/testing/create-test-item'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase, type Database } from '../connect.ts'
import { changeOrder, connectWriter, insertOrder } from './feed-writers.fixture.ts'
import { readOrderEvents } from './order-events.ts'

test('a reader of cancellations alone does not read the orders that were not cancelled', async () => {
  const testDatabase = await createTestDatabase()
  onTestFinished(testDatabase.drop)
  const database = connectDatabase(testDatabase.url, { poolSizeMax: 2, statementTimeoutMs: 10_000 })
  onTestFinished(() => database.$disconnect())
  const client = await connectWriter(testDatabase.url)
  onTestFinished(() => client.end())
  const itemId = await createTestItem(testDatabase.url, { total: 1_000, purchaseLimit: 1_000 })
  for (let i = 0; i < 50; i += 1) await insertOrder(client, itemId)
  const orderId = await insertOrder(client, itemId)
  await changeOrder(client, orderId, 'cancelled')
  const readCount = await database.$transaction(async (statements) => {
    // As with many orders: one order is found by its id.
    await statements.$executeRaw`SET LOCAL enable_seqscan = off`
    const range = { after: 0n, upTo: 1_000n, statuses: ['cancelled'] as const }
    const events = await readOrderEvents(statements as Database, range, 10)
    expect(events.map(({ event }) => event.eventId)).toEqual([`${orderId}.cancelled`])
    const [{ count }] = await statements.$queryRaw<[{ count: bigint }]>`
      SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS count FROM pg_stat_xact_user_tables WHERE relname = 'orders'`
    return Number(count)
  })
  // The order of the event is read for its buyer.
  expect(readCount).toBeLessThan(50)
})
