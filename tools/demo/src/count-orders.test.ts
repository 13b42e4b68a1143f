import { randomUUID } from 'node:crypto'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { countOrders, readPersisted } from './count-orders.ts'

interface Row {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  readonly status?: string
  readonly replaces?: string
  /** In ms since the first order. */
  readonly acceptedAtMs?: number
  readonly confirmedAtMs?: number
}

const openedAtMs = Date.parse('2026-11-27T10:00:00Z')

async function storedOrders(...orders: Row[]) {
  const database = await createTestDatabase()
  const postgres = new Client({ connectionString: database.url })
  await postgres.connect()
  onTestFinished(async () => {
    await postgres.end()
    await database.drop()
  })
  const itemId = await createTestItem(database.url, { total: 10, purchaseLimit: 2 })
  for (const {
    orderId,
    buyer,
    quantity,
    status = 'confirmed',
    replaces,
    acceptedAtMs = 0,
    confirmedAtMs = 0,
  } of orders) {
    await postgres.query(
      `INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at, replaces)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        orderId,
        itemId,
        buyer,
        quantity,
        status,
        new Date(openedAtMs + acceptedAtMs),
        new Date(openedAtMs + confirmedAtMs),
        replaces,
      ],
    )
  }
  return { postgres, itemId }
}

const order = (buyer: string, quantity: number): Row => ({ orderId: randomUUID(), buyer, quantity })

test('a sale that went well has no fault, and its times come from the rows', async () => {
  const first = { ...order('ann', 2), acceptedAtMs: 0, confirmedAtMs: 30 }
  const last = { ...order('bob', 1), acceptedAtMs: 200, confirmedAtMs: 250 }
  const { postgres, itemId } = await storedOrders(first, last)
  const attempts = new Map([
    ['ann', 1],
    ['bob', 1],
  ])
  expect(await countOrders(postgres, itemId, [first, last], attempts)).toMatchObject({
    total: 10,
    sold: 3,
    purchaseLimit: 2,
    orders: 2,
    lost: 0,
    duplicates: 0,
    limitBreaches: 0,
    firstOrders: 2,
    acceptingMs: 200,
    persistingMs: 250,
    drainMs: 50,
  })
})

test('an accepted order without its row, with another quantity, or rejected is lost', async () => {
  const [kept, missing, changed, rejected] = [order('ann', 1), order('bob', 1), order('cid', 1), order('dan', 1)]
  const { postgres, itemId } = await storedOrders(
    kept,
    { ...changed, quantity: 2 },
    { ...rejected, status: 'rejected' },
  )
  const accepted = [kept, missing, changed, rejected]
  const attempts = new Map(accepted.map(({ buyer }) => [buyer, 1]))
  expect(await countOrders(postgres, itemId, accepted, attempts)).toMatchObject({ lost: 3, sold: 3 })
})

test('an order that ended is neither lost nor sold, and late money buys without a key', async () => {
  const [expired, cancelled, paid] = [
    { ...order('ann', 2), status: 'expired' },
    { ...order('bob', 1), status: 'cancelled' },
    { ...order('cid', 2), status: 'paid' },
  ]
  const again = { ...order('bob', 1), status: 'paid', replaces: cancelled.orderId }
  const { postgres, itemId } = await storedOrders(expired, cancelled, paid, again)
  const accepted = [expired, cancelled, paid]
  const attempts = new Map(accepted.map(({ buyer }) => [buyer, 1]))
  expect(await countOrders(postgres, itemId, accepted, attempts)).toMatchObject({
    lost: 0,
    duplicates: 0,
    sold: 3,
    orders: 2,
    paid: { orders: 2, units: 3 },
    expired: { orders: 1, units: 2 },
    cancelled: { orders: 1, units: 1 },
    boughtByLateMoney: 1,
  })
  expect(await readPersisted(postgres, itemId)).toEqual({ orders: 2, units: 3, paidUnits: 3, unpaidUnits: 0 })
})

test('times are those of the orders that took the stock for the first time', async () => {
  const first = { ...order('ann', 9), status: 'expired', acceptedAtMs: 0, confirmedAtMs: 40 }
  const last = { ...order('bob', 1), acceptedAtMs: 100, confirmedAtMs: 130 }
  const again = { ...order('cid', 9), acceptedAtMs: 5_000, confirmedAtMs: 5_020 }
  const { postgres, itemId } = await storedOrders(first, last, again)
  expect(await countOrders(postgres, itemId, [], new Map())).toMatchObject({
    firstOrders: 2,
    acceptingMs: 100,
    persistingMs: 130,
    drainMs: 30,
  })
})

test('a second order for one idempotency key is a duplicate, whether or not the buyer knows of it', async () => {
  const [known, unknown, refused] = [order('ann', 1), order('ann', 1), order('bob', 1)]
  const { postgres, itemId } = await storedOrders(known, unknown, refused)
  const counted = await countOrders(postgres, itemId, [known], new Map([['ann', 1]]))
  expect(counted).toMatchObject({ duplicates: 2, lost: 0 })
})

test('a buyer with more units than the limit is a breach', async () => {
  const orders = [order('ann', 2), order('ann', 1), order('bob', 2)]
  const { postgres, itemId } = await storedOrders(...orders)
  const attempts = new Map([
    ['ann', 2],
    ['bob', 1],
  ])
  expect(await countOrders(postgres, itemId, orders, attempts)).toMatchObject({ limitBreaches: 1, duplicates: 0 })
})
