import { expect, test } from 'vitest'
import { createPayingItem, storeOrderToPay } from './payments.fixture.ts'
import { readSelling } from './sale-story.ts'
import { withTestDatabase } from './with-test-database.fixture.ts'

const own = withTestDatabase({ poolSizeMax: 2 })

test('stored orders are those that buyers sent: ended and rejected ones too, but none that late money bought', async () => {
  const itemId = await createPayingItem(own.url, own.database)
  await storeOrderToPay(own.database, itemId, { status: 'paid' })
  const ended = await storeOrderToPay(own.database, itemId, { status: 'expired' })
  await storeOrderToPay(own.database, itemId, { status: 'rejected' })
  const bought = await storeOrderToPay(own.database, itemId, { status: 'paid' })
  await own.database.$executeRaw`UPDATE orders SET replaces = ${ended}::uuid WHERE id = ${bought}::uuid`
  const { stretches, storedOrders } = await readSelling(own.database, [itemId], [])
  expect(storedOrders).toBe(3)
  expect(stretches.find((stretch) => stretch.itemId === null)).toMatchObject({ orders: 2, endedOrders: 1, units: 4 })
})

test('rejected orders alone are no time of selling', async () => {
  const itemId = await createPayingItem(own.url, own.database)
  await storeOrderToPay(own.database, itemId, { status: 'rejected' })
  expect(await readSelling(own.database, [itemId], [])).toEqual({ stretches: [], storedOrders: 1 })
})
