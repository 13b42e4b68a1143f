import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { ItemView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { describe, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi, type TestApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()

async function place(from: TestApi, buyer: string, itemId: number, quantity: number, key?: string): Promise<string> {
  return expectSuccess(await from.order(buyer, { itemId, quantity }, key), 202, OrderAccepted).orderId
}

describe.each(['gate', 'lease'] as const)('with the %s', (strategy) => {
  const api = withApi({ stores, strategy })
  const other = withApi({ stores, strategy })

  const rebuild = async (itemId: number) =>
    expectSuccess(await api.operate(`/v1/ops/items/${itemId}/rebuild`), 200, ItemView)

  test('a lost ledger is made anew: what was persisted counts, and every instance sells on', async () => {
    const item = await api.createItem({ total: 5, purchaseLimit: 2 })
    const { itemId } = item
    const orderId = await place(other, 'ann', itemId, 2, 'k')
    await persistWaiting(api.stores, itemId)
    await api.stores.redis.del(Object.values(ledgerKeys(itemId)))
    expectProblem(await other.order('bob', { itemId, quantity: 1 }), 'UNAVAILABLE')

    expect(await rebuild(itemId)).toEqual({ ...item, available: 3 })
    const replay = await other.order('ann', { itemId, quantity: 2 }, 'k')
    expect(expectSuccess(replay, 202, OrderAccepted).orderId).toBe(orderId)
    expect(replay.headers['idempotent-replayed']).toBe('true')
    expectProblem(await other.order('ann', { itemId, quantity: 1 }, 'k'), 'KEY_CONFLICT')
    expectProblem(await other.order('ann', { itemId, quantity: 1 }), 'LIMIT_REACHED')
    await place(other, 'bob', itemId, 2)
    await place(api, 'cid', itemId, 1)
    expectProblem(await other.order('dan', { itemId, quantity: 1 }), 'SOLD_OUT')
    expect(await api.audit(itemId)).toMatchObject({
      epoch: 2,
      available: 0,
      rows: 1,
      activeUnits: 2,
      outboxUnits: 3,
      balanced: true,
    })
  })

  test('orders that were accepted and not persisted are persisted by it', async () => {
    const { itemId } = await api.createItem()
    const orderId = await place(api, 'ann', itemId, 2)
    await rebuild(itemId)
    const order = expectSuccess(await other.readOrder('ann', orderId), 200, OrderView)
    expect(order).toMatchObject({ status: 'confirmed', quantity: 2 })
    expect(await api.audit(itemId)).toMatchObject({ available: 8, outboxUnits: 0, activeUnits: 2, balanced: true })
  })

  test.each(['ledger', 'buyers', 'orders', 'outbox'] as const)(
    'an accepted order survives the loss of the %s',
    async (lost) => {
      const { itemId } = await api.createItem({ purchaseLimit: 2 })
      const orderId = await place(api, 'ann', itemId, 2, 'k')
      await api.stores.redis.del(ledgerKeys(itemId)[lost])
      await rebuild(itemId)
      expect(expectSuccess(await api.readOrder('ann', orderId), 200, OrderView).status).toBe('confirmed')
      expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'LIMIT_REACHED')
      expect(await api.audit(itemId)).toMatchObject({ available: 8, activeUnits: 2, balanced: true })
    },
  )

  test.each(['pause', 'close'])('a sale after %s is so after a rebuild too', async (action) => {
    const { itemId, saleId } = await api.createItem()
    await api.operate(`/v1/ops/sales/${saleId}/${action}`)
    await rebuild(itemId)
    expectProblem(await api.order('ann', { itemId, quantity: 1 }), action === 'pause' ? 'SALE_PAUSED' : 'SALE_CLOSED')
  })

  test('in a storm, rebuilt again and again, no unit is sold twice or stranded, and no accepted order is lost', async () => {
    const { itemId } = await api.createItem({ total: 150, purchaseLimit: 1 })
    const storm = { isOver: false, rebuildCount: 0 }
    const rebuilds = (async () => {
      while (!storm.isOver) {
        await rebuild(itemId)
        storm.rebuildCount += 1
      }
    })()
    const accepted: [buyer: string, orderId: string][] = []
    const clients = Array.from({ length: 10 }, async (_, client) => {
      for (let i = 0; i < 20; i += 1) {
        if (i === 10) await eventually(() => storm.rebuildCount > 0, { what: 'a rebuild in the middle of the storm' })
        const buyer = `b-${client}-${i}`
        for (;;) {
          const answer = await [api, other][i % 2]!.order(buyer, { itemId, quantity: 1 }, 'k')
          if (answer.statusCode === 202) accepted.push([buyer, answer.json<OrderAccepted>().orderId])
          else if (answer.statusCode === 503) continue
          else expectProblem(answer, 'SOLD_OUT')
          break
        }
      }
    })
    await Promise.all(clients)
    storm.isOver = true
    await rebuilds
    expect(accepted).toHaveLength(150)
    await persistWaiting(api.stores, itemId)
    expect(await api.audit(itemId)).toMatchObject({
      available: 0,
      outboxUnits: 0,
      activeUnits: 150,
      rows: 150,
      balanced: true,
    })
    const rows = await api.stores.database.order.findMany({ where: { itemId } })
    expect(new Map(rows.map(({ buyer, id }) => [buyer, id]))).toEqual(new Map(accepted))
  })

  test('an item that does not exist is not found', async () => {
    expectProblem(await api.operate('/v1/ops/items/2147483647/rebuild'), 'ITEM_NOT_FOUND')
  })
})
