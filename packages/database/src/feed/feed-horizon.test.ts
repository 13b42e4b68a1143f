import { randomInt } from 'node:crypto'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { createTestDatabase, takeDatabaseCopy, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Client } from 'pg'
import { connectDatabase, type Database } from '../connect.ts'
import { createFeedHorizon, type FeedHorizon } from './feed-horizon.ts'
import { readLastNumber, readOrderEvents } from './order-events.ts'
import {
  breachesOf,
  changeOrder,
  connectWriter,
  insertOrder,
  storedChanges,
  writeAtRandom,
} from './feed-writers.fixture.ts'

let testDatabase: TestDatabase
let database: Database
let itemId: number

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 4, statementTimeoutMs: 10_000 })
  itemId = await createTestItem(testDatabase.url, { total: 1_000, purchaseLimit: 1_000 })
})

afterEach(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

async function writer(): Promise<Client> {
  const client = await connectWriter(testDatabase.url)
  onTestFinished(() => client.end())
  return client
}

/** A reader that keeps its place, and what it was told. */
function createReader(horizon: FeedHorizon, limitMax = 7) {
  let after = 0n
  const told: string[] = []
  const read = async () => {
    const upTo = await horizon.read(after)
    const events = await readOrderEvents(database, { after, upTo }, randomInt(1, limitMax + 1))
    after = events.at(-1)?.place ?? after
    told.push(...events.map(({ event }) => event.eventId))
    return events.length
  }
  return { told, read }
}

/** A feed that is read by number alone. */
function numberAlone(): FeedHorizon {
  return { read: () => readLastNumber(database) }
}

/** Several writers and readers at once. Returns the breaches that the readers have seen at the end. */
async function breachesAmongWriters(createHorizon: () => FeedHorizon): Promise<string[]> {
  const written = new AbortController()
  const writing = Promise.all(Array.from({ length: 6 }, () => writeAtRandom(testDatabase.url, itemId, 12)))
  const reading = Array.from({ length: 3 }, async () => {
    const reader = createReader(createHorizon())
    while (!written.signal.aborted) await reader.read()
    const stored = await storedChanges(testDatabase.url)
    // What was committed is read to its end.
    while ((await reader.read()) > 0);
    return breachesOf(reader.told, stored)
  })
  await writing
  written.abort()
  return (await Promise.all(reading)).flat()
}

test('among writers that commit in another order than they took their numbers, each reader is told each change once, in order', async () => {
  // Tests beside this one have transactions in flight on the same Postgres server. A reader at the end must not give up before they end.
  expect(await breachesAmongWriters(() => createFeedHorizon(database, 20_000))).toEqual([])
  expect((await storedChanges(testDatabase.url)).length).toBeGreaterThan(50)
})

test('mutant: a feed that is read by number alone misses what commits late, and the check convicts it', async () => {
  await eventually(
    async () => (await breachesAmongWriters(numberAlone)).some((breach) => breach.startsWith('missed')),
    {
      what: 'a breach',
      timeoutMs: 50_000,
    },
  )
})

test('a change is not told before a change with a lower number that commits later', async () => {
  const [early, late] = [await writer(), await writer()]
  await early.query('BEGIN')
  const first = await insertOrder(early, itemId)
  const second = await insertOrder(late, itemId)
  const reader = createReader(createFeedHorizon(database, 20))
  const careless = createReader(numberAlone())
  expect(await careless.read()).toBe(1)
  expect(await reader.read()).toBe(0)
  await early.query('COMMIT')
  await eventually(async () => (await reader.read()) >= 0 && reader.told.length === 2, { what: 'both changes' })
  expect(reader.told).toEqual([`${first}.confirmed`, `${second}.confirmed`])
  expect(await careless.read()).toBe(0)
})

test('what was committed before a read is told by it, also to a reader that is new', async () => {
  const client = await writer()
  const horizon = createFeedHorizon(database, 20_000)
  const reader = createReader(horizon, 1)
  expect(await reader.read()).toBe(0)
  const orderId = await insertOrder(client, itemId)
  expect(await reader.read()).toBe(1)
  await changeOrder(client, orderId, 'paid')
  await changeOrder(client, orderId, 'cancelled')
  while ((await reader.read()) > 0);
  expect(reader.told).toEqual([`${orderId}.confirmed`, `${orderId}.paid`, `${orderId}.cancelled`])
  const other = createReader(createFeedHorizon(database, 20_000), 1)
  while ((await other.read()) > 0);
  expect(other.told).toEqual(reader.told)
})

test('a transaction that stays in flight holds up only what was numbered after it began', async () => {
  const [long, client] = [await writer(), await writer()]
  const horizon = createFeedHorizon(database, 20)
  const before = await insertOrder(client, itemId)
  const reader = createReader(horizon)
  await eventually(async () => (await reader.read()) === 1, { what: 'the first change' })
  await insertOrder(client, itemId)
  await horizon.read(0n)
  await long.query('BEGIN; SELECT pg_current_xact_id()')
  await insertOrder(client, itemId)
  await eventually(async () => (await reader.read()) >= 0 && reader.told.length === 2, { what: 'the change before it' })
  for (let i = 0; i < 100; i += 1) {
    await insertOrder(client, itemId)
    await horizon.read(0n)
  }
  expect(await reader.read()).toBe(0)
  await long.query('COMMIT')
  await eventually(async () => (await reader.read()) >= 0 && reader.told.length === 103, { what: 'all changes' })
  expect(reader.told[0]).toBe(`${before}.confirmed`)
})

/** A statement that has a number and not yet its row, held by a lock. Numbers are asked first, as a default of a column is. */
async function isPassedByReader(): Promise<boolean> {
  const [holder, client] = [await writer(), await writer()]
  // Postgres gives a transaction its id when it has to log the sequence, which is for one number in 32.
  await client.query("SELECT nextval('orders_number_seq'), nextval('orders_number_seq')")
  await holder.query('SELECT pg_advisory_lock(4711)')
  const reader = createReader(createFeedHorizon(database, 50))
  while ((await reader.read()) > 0);
  const inserting = client.query(
    `INSERT INTO orders (id, number, item_id, buyer, quantity, status, accepted_at, confirmed_at)
     SELECT gen_random_uuid(), nextval('orders_number_seq'), $1, concat('bob', pg_advisory_xact_lock_shared(4711)), 1, 'confirmed', now(), now()`,
    [itemId],
  )
  await eventually(
    async () =>
      (
        await holder.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
        )
      ).rowCount === 1,
    { what: 'the statement to wait' },
  )
  const other = await insertOrder(holder, itemId)
  const told = async () => (await reader.read()) >= 0 && reader.told.includes(`${other}.confirmed`)
  // Other databases of this server have transactions in flight too, for a moment.
  const isTold = await eventually(told, { what: 'the other change', timeoutMs: 1_000 }).catch(() => false)
  await holder.query('SELECT pg_advisory_unlock(4711)')
  await inserting
  await eventually(told, { what: 'the other change' })
  while ((await reader.read()) > 0);
  const breaches = breachesOf(reader.told, await storedChanges(testDatabase.url))
  expect(isTold).toBe(breaches.length > 0)
  return isTold
}

test('a statement that waits between its number and its row is waited for', async () => {
  expect(await isPassedByReader()).toBe(false)
})

test('mutant: without the trigger a statement takes a number first, and its event is passed', async () => {
  await mutateFunction(testDatabase.url, 'take_transaction_id', 'the transaction before its numbers')
  await eventually(isPassedByReader, { what: 'an event that is passed' })
})

test('numbers that Postgres gives again after a crash are not decided by what was seen before', async () => {
  const [long, client] = [await writer(), await writer()]
  const horizon = createFeedHorizon(database, 20)
  const decided = (number: bigint) =>
    eventually(async () => (await horizon.read(number - 1n)) === number, { what: `the number ${number}` })
  await insertOrder(client, itemId)
  await decided(1n)
  await long.query('BEGIN; SELECT pg_current_xact_id()')
  for (let i = 0; i < 5; i += 1) await insertOrder(client, itemId)
  expect(await horizon.read(1n)).toBe(1n)
  // Postgres may lose the last numbers of a sequence whose transactions were not committed.
  await client.query("DELETE FROM orders WHERE number > 3; SELECT setval('orders_number_seq', 3)")
  await horizon.read(1n)
  await client.query('BEGIN')
  await insertOrder(client, itemId)
  await long.query('COMMIT')
  await decided(3n)
  expect(await horizon.read(3n)).toBe(3n)
  await client.query('COMMIT')
  await decided(4n)
})

test('after Postgres was restored from an older copy, what was seen before it says nothing', async () => {
  const horizon = createFeedHorizon(database, 100)
  const decided = (number: bigint) =>
    eventually(async () => (await horizon.read(number - 1n)) === number, { what: `the number ${number}` })
  const before = await writer()
  await insertOrder(before, itemId)
  const copy = await takeDatabaseCopy(testDatabase.url)
  const client = await writer()
  for (let i = 0; i < 5; i += 1) await insertOrder(client, itemId)
  await decided(6n)
  await copy.restore()
  await decided(1n)
  const restored = await writer()
  await restored.query('BEGIN')
  await insertOrder(restored, itemId)
  expect(await horizon.read(1n)).toBe(1n)
  await restored.query('COMMIT')
  await decided(2n)
})
