import { AsideList } from '@flash-sale/contract/aside'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

const listed = async () => expectSuccess(await api.get('/v1/ops/aside', testOpsKey), 200, AsideList).aside

/** An item whose number another one had before, of which an order is left. Resolves with the name under which that lies. */
async function itemWithLeftOrder(): Promise<{ itemId: number; name: string }> {
  const { database } = api.stores
  const { itemId } = await api.createItem({ total: 10 })
  expect((await api.order('=ann', { itemId, quantity: 2 }, 'k')).statusCode).toBe(202)
  const { birth } = await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  await database.$executeRaw`UPDATE sale_items SET birth = birth + 1 WHERE id = ${itemId}`
  expect(await rebuildItem(api.stores, itemId, { waitMs: 5_000, onlyIfUnsound: false })).toHaveProperty('movedAside')
  return { itemId, name: String(birth) }
}

test('what another item left under a number is listed, and its orders are exported, each once', async () => {
  const { itemId, name } = await itemWithLeftOrder()
  expect(await listed()).toContainEqual({ itemId, name, orderCount: 1, entryCount: 1 })
  const path = `/v1/ops/aside/${itemId}/${name}/orders.csv`
  const read = await api.get(path, testOpsKey)
  expect(read.headers['content-disposition']).toContain(`orders-aside-of-item-${itemId}-${name}.csv`)
  const [header, line, ...others] = read.body.trim().split('\n')
  expect(header).toContain('orderId,buyer,quantity,acceptedAt,units')
  expect(line).toMatch(/^[0-9a-f-]{36},'=ann,2,20.*Z,held$/)
  expect(others).toEqual([])
  await api.stores.redis.del(`{item:${itemId}}:aside:${name}:orders`)
  const fromOutbox = await api.get(path, testOpsKey)
  expect(fromOutbox.body.trim().split('\n')[1]).toBe(line)
  expect(await api.stores.database.auditEvent.count({ where: { itemId, action: 'export' } })).toBe(2)
})

test('a name under which nothing lies is not found', async () => {
  const { itemId } = await api.createItem()
  expectProblem(await api.get(`/v1/ops/aside/${itemId}/unknown/orders.csv`, testOpsKey), 'ITEM_NOT_FOUND')
  expectProblem(await api.get(`/v1/ops/aside/${itemId}/*/orders.csv`, testOpsKey), 'INVALID_REQUEST')
})
