import { randomUUID } from 'node:crypto'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { expect, test } from 'vitest'
import { readItem, takeFence } from './items.ts'
import { keepEndedOrders } from './keep-ended-orders.ts'
import { withTestDatabase } from './with-test-database.fixture.ts'

const own = withTestDatabase({ poolSizeMax: 2 })

test('ended orders are kept by the holder of the item alone, once, and take no units', async () => {
  const itemId = await createTestItem(own.url, { total: 5, purchaseLimit: 5 })
  const fence = (await takeFence(own.database, itemId))!
  const { birth } = (await readItem(own.database, itemId))!
  const [order, other] = [1, 2].map((acceptedAtMs) => ({
    orderId: randomUUID(),
    buyer: 'ann',
    quantity: 2,
    acceptedAtMs,
  }))
  expect(await keepEndedOrders(own.database, itemId, { fence: fence - 1n, birth }, [order!])).toBe(false)
  expect(await keepEndedOrders(own.database, itemId, { fence, birth: '1' }, [order!])).toBe(false)
  expect(await own.database.order.count({ where: { itemId } })).toBe(0)
  const noOrder = { orderId: 'no id', buyer: 'ann', quantity: 1, acceptedAtMs: 1 }
  for (let i = 0; i < 2; i += 1) {
    expect(await keepEndedOrders(own.database, itemId, { fence, birth }, [order!, noOrder, other!])).toBe(true)
  }
  expect(await own.database.order.count({ where: { itemId, status: 'cancelled' } })).toBe(2)
  expect(await own.database.returningOrder.count({ where: { itemId } })).toBe(0)
  expect(await own.database.orderEvent.count({ where: { itemId, status: 'cancelled' } })).toBe(2)
  expect(await readItem(own.database, itemId)).toMatchObject({ persisted: 0, returningUnits: 0 })
})
