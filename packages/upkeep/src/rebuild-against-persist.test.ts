import { persistOrders, type OrderToPersist } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { eventually } from '@flash-sale/testing/eventually'
import { holdTable } from '@flash-sale/testing/held-table'
import type { Violation } from '@flash-sale/kit/history'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, setUpBench, type Bench } from '@flash-sale/testing/test-sale'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rebuildItem } from './rebuild-item.ts'

let bench: Bench

beforeEach(async () => {
  bench = await setUpBench()
})

afterEach(() => bench.close())

const ifUnsound = { waitMs: 5_000, onlyIfUnsound: true }

/**
 * A worker has read accepted orders; Redis forgets the item; the worker's persist is in flight, held up at its rows, while
 * the item is rebuilt and sells on.
 */
async function rebuildDuringPersist(): Promise<Violation[]> {
  const { stores, testStores } = bench
  const { redis, database } = stores
  const sale = await newSale(bench, { total: 3, purchaseLimit: 1 })
  const { itemId } = sale
  await rebuildItem(stores, itemId, ifUnsound)
  const { place } = await sale.openShop()
  await storm([place], 2, { prefix: 'early' })
  const early = await waitingOrders(itemId)
  await redis.del(Object.values(ledgerKeys(itemId)))

  const held = await holdTable(testStores.database.url, 'orders')
  const persisting = persistOrders(database, itemId, { epoch: 1 }, early)
  await eventually(() => held.isAwaitedBy('persist_orders'), { what: 'the persist to wait for its rows' })
  let isRebuilt = false
  // The sweep asks again too: a holder waits two seconds for Postgres, and here the table may be held for longer.
  const rebuilding = eventually(() => rebuildItem(stores, itemId, ifUnsound), { what: 'the rebuild' }).then(
    () => (isRebuilt = true),
  )
  await eventually(async () => isRebuilt || (await held.isAwaitedBy('UPDATE sale_items')), {
    what: 'the rebuild to be done, or to wait for the persist',
  })
  await held.release()
  await Promise.all([persisting, rebuilding])

  await storm([place], 5, { prefix: 'late' })
  await persistOrders(database, itemId, { epoch: 2 }, await waitingOrders(itemId))
  await redis.xtrim(ledgerKeys(itemId).outbox, 'MAXLEN', 0)
  return sale.violations()
}

async function waitingOrders(itemId: number): Promise<OrderToPersist[]> {
  const entries = await readOutbox(bench.stores.redis, itemId, 10)
  const orders = entries.flatMap((entry) => entry.orders)
  return orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
}

test('a rebuild waits for the persist in flight, and counts its orders', async () => {
  expect(await rebuildDuringPersist()).toEqual([])
})

test('mutant: without the lock on the item row a persist slips in behind the rebuild, and the checker convicts it', async () => {
  await mutateFunction(bench.testStores.database.url, 'persist_orders', 'the lock of the item')
  const faults = (await rebuildDuringPersist()).map(({ invariant, fault }) => `${invariant} ${fault}`)
  expect(faults).toContain('I1 ACCEPTED_IN_VAIN')
})
