import { OrderAccepted } from '@flash-sale/contract/orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { describe, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()

const noSuchItem = 2 ** 31 - 1

describe.each(['gate', 'lease'] as const)('with the %s', (strategy) => {
  const api = withApi({ stores, strategy })

  const accepted = async (...order: Parameters<TestApi['order']>) =>
    expectSuccess(await api.order(...order), 202, OrderAccepted)
  const refused = async (code: Parameters<typeof expectProblem>[1], ...order: Parameters<TestApi['order']>) =>
    expectProblem(await api.order(...order), code)

  test('an order is accepted with its id, and the answer says where to read it', async () => {
    const { itemId } = await api.createItem()
    const answer = await api.order('ann', { itemId, quantity: 2 })
    const order = expectSuccess(answer, 202, OrderAccepted)
    expect(order).toEqual({ orderId: order.orderId, itemId, quantity: 2, status: 'accepted' })
    expect(answer.headers.location).toBe(`/v1/orders/${order.orderId}`)
    expect(answer.headers).not.toHaveProperty('idempotent-replayed')
    expect(await api.audit(itemId)).toMatchObject({ available: 8, outboxUnits: 2, activeUnits: 0, balanced: true })
  })

  test('the same key again gives the same body, says that it is a replay, and takes nothing', async () => {
    const { itemId } = await api.createItem()
    const first = await api.order('ann', { itemId, quantity: 1 }, 'one attempt')
    const again = await api.order('ann', { itemId, quantity: 1 }, 'one attempt')
    expectSuccess(again, 202, OrderAccepted)
    expect(again.body).toBe(first.body)
    expect(again.headers.location).toBe(first.headers.location)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(await api.audit(itemId)).toMatchObject({ available: 9, outboxUnits: 1 })
  })

  test("a key is the buyer's and the item's own: other buyers and other items may use it too", async () => {
    const sale = await api.createSale()
    const [first, second] = [sale.items[0]!.itemId, (await api.createItem()).itemId]
    const orders = [
      await accepted('ann', { itemId: first, quantity: 1 }, 'k'),
      await accepted('bob', { itemId: first, quantity: 1 }, 'k'),
      await accepted('ann', { itemId: second, quantity: 1 }, 'k'),
    ]
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(3)
  })

  test('without a key every call is an order of its own', async () => {
    const { itemId } = await api.createItem()
    const first = await accepted('ann', { itemId, quantity: 1 })
    const second = await accepted('ann', { itemId, quantity: 1 })
    expect(second.orderId).not.toBe(first.orderId)
    expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 2 })
  })

  test('a key used for another quantity is a conflict that names the order which stands', async () => {
    const { itemId } = await api.createItem()
    const { orderId } = await accepted('ann', { itemId, quantity: 1 }, 'k')
    expect(await refused('KEY_CONFLICT', 'ann', { itemId, quantity: 2 }, 'k')).toMatchObject({ status: 422, orderId })
    expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 1 })
  })

  test('when fewer units are left than asked for the item is sold out, and one who asks for fewer gets them', async () => {
    const { itemId } = await api.createItem({ total: 3, purchaseLimit: 2 })
    await accepted('ann', { itemId, quantity: 2 })
    await refused('SOLD_OUT', 'bob', { itemId, quantity: 2 })
    await accepted('bob', { itemId, quantity: 1 })
    await refused('SOLD_OUT', 'cid', { itemId, quantity: 1 })
  })

  test('a buyer who holds the limit, or asks for more than it at once, is refused', async () => {
    const { itemId } = await api.createItem({ total: 10, purchaseLimit: 3 })
    await refused('LIMIT_REACHED', 'ann', { itemId, quantity: 4 })
    await accepted('ann', { itemId, quantity: 2 })
    await refused('LIMIT_REACHED', 'ann', { itemId, quantity: 2 })
    await accepted('ann', { itemId, quantity: 1 })
    await refused('LIMIT_REACHED', 'ann', { itemId, quantity: 1 })
  })

  test('a refusal is not remembered: the same key is accepted once there is stock again', async () => {
    const { itemId } = await api.createItem({ total: 1 })
    await accepted('ann', { itemId, quantity: 1 })
    await refused('SOLD_OUT', 'bob', { itemId, quantity: 1 }, 'k')
    expect((await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 })).statusCode).toBe(200)
    const answer = await api.order('bob', { itemId, quantity: 1 }, 'k')
    expectSuccess(answer, 202, OrderAccepted)
    expect(answer.headers).not.toHaveProperty('idempotent-replayed')
  })

  test('a sale opens by itself at opensAt and is over by itself at closesAt', async () => {
    const farWindow = { opensAt: '2999-01-01T00:00:00Z', closesAt: '2999-01-02T00:00:00Z' }
    const { itemId } = await api.createItem({ total: 10_000, purchaseLimit: 1_000 }, farWindow)
    /** As if the window had been made so: in half a second it comes to this. */
    const soonAtMs = async (turn: 'opensAt' | 'closesAt') => {
      const atMs = Date.now() + 500
      await api.stores.redis.hset(ledgerKeys(itemId).ledger, turn, atMs)
      return atMs
    }
    await refused('SALE_NOT_OPEN', 'ann', { itemId, quantity: 1 })
    const opensAtMs = await soonAtMs('opensAt')
    await eventually(() => accepted('ann', { itemId, quantity: 1 }, 'k'), { what: 'the sale to open' })
    expect(Date.now()).toBeGreaterThanOrEqual(opensAtMs)
    const closesAtMs = await soonAtMs('closesAt')
    await eventually(() => refused('SALE_CLOSED', 'ann', { itemId, quantity: 1 }), { what: 'the sale to be over' })
    expect(Date.now()).toBeGreaterThanOrEqual(closesAtMs)
    // One whose answer was lost in the last moment still learns it.
    expect((await api.order('ann', { itemId, quantity: 1 }, 'k')).headers['idempotent-replayed']).toBe('true')
  })

  test('a paused sale asks to come back, and gives accepted orders again to those who retry', async () => {
    const { itemId, saleId } = await api.createItem()
    const first = await api.order('ann', { itemId, quantity: 1 }, 'k')
    await api.operate(`/v1/ops/sales/${saleId}/pause`)
    await refused('SALE_PAUSED', 'bob', { itemId, quantity: 1 })
    expect((await api.order('ann', { itemId, quantity: 1 }, 'k')).body).toBe(first.body)
    await api.operate(`/v1/ops/sales/${saleId}/resume`)
    await accepted('bob', { itemId, quantity: 1 })
  })

  test('a sale that an operator closed is over', async () => {
    const { itemId, saleId } = await api.createItem()
    await api.operate(`/v1/ops/sales/${saleId}/close`)
    expect(await refused('SALE_CLOSED', 'ann', { itemId, quantity: 1 })).toMatchObject({ status: 410 })
  })

  test('an item that does not exist is not found, now and after somebody asked before', async () => {
    await refused('ITEM_NOT_FOUND', 'ann', { itemId: noSuchItem, quantity: 1 })
    await refused('ITEM_NOT_FOUND', 'ann', { itemId: noSuchItem, quantity: 1 })
  })

  test('while somebody holds the item an order waits, then is told that nothing was taken', async () => {
    const impatient = await startTestApi(stores, { strategy, deadlineMs: 300 })
    const { itemId } = await api.createItem()
    await api.stores.locks.using(`item:${itemId}`, { leaseMs: 5_000 }, () =>
      // The deadline may pass during a sending, whose outcome is unknown then: on a slow machine more often than not.
      eventually(
        async () => {
          const answer = await impatient.order('ann', { itemId, quantity: 1 }, 'k')
          expect(expectProblem(answer, 'BUSY').retryAfterMs).toBeGreaterThanOrEqual(100)
        },
        { what: 'a deadline between two sendings', timeoutMs: 20_000 },
      ),
    )
    expect(await api.audit(itemId)).toMatchObject({ available: 10, outboxUnits: 0 })
    const retried = await api.order('ann', { itemId, quantity: 1 }, 'k')
    expectSuccess(retried, 202, OrderAccepted)
    expect(retried.headers).not.toHaveProperty('idempotent-replayed')
    await impatient.close()
  })

  test('an item that is held for a moment only costs a wait', async () => {
    const { itemId } = await api.createItem()
    const lock = await api.stores.locks.acquire(`item:${itemId}`, { leaseMs: 5_000 })
    const waiting = api.order('ann', { itemId, quantity: 1 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await lock.release()
    expectSuccess(await waiting, 202, OrderAccepted)
  })

  test('one key sent many times at the same instant, inside one batch too, is one order with one answer', async () => {
    const { itemId } = await api.createItem({ total: 10, purchaseLimit: 5 })
    const before = api.acceptedBatchSizes.length
    // The first is under way alone, so all others share the next batch.
    const answers = await Promise.all([
      api.order('bob', { itemId, quantity: 1 }),
      ...Array.from({ length: 20 }, () => api.order('ann', { itemId, quantity: 2 }, 'k')),
    ])
    const anns = answers.slice(1)
    for (const answer of anns) expectSuccess(answer, 202, OrderAccepted)
    expect(new Set(anns.map((answer) => answer.body)).size).toBe(1)
    expect(anns.filter((answer) => answer.headers['idempotent-replayed'] === 'true')).toHaveLength(19)
    expect(api.acceptedBatchSizes.slice(before)).toEqual([1, 1])
    expect(await api.audit(itemId)).toMatchObject({ available: 7, outboxUnits: 3, balanced: true })
  })

  test('orders of one buyer in one batch count together against the limit, and all orders against the stock', async () => {
    const { itemId } = await api.createItem({ total: 5, purchaseLimit: 2 })
    const buyers = ['ann', 'ann', 'ann', 'bob', 'cid', 'dan', 'eve']
    const answers = await Promise.all(buyers.map((buyer) => api.order(buyer, { itemId, quantity: 1 })))
    const codes = answers.map((answer) => answer.json<{ code?: string }>().code ?? 'accepted')
    expect(codes.toSorted()).toEqual(['LIMIT_REACHED', 'SOLD_OUT', ...Array.from({ length: 5 }, () => 'accepted')])
  })

  test('one key with two quantities at the same instant is one order and one conflict', async () => {
    const { itemId } = await api.createItem()
    const [first, second] = await Promise.all([
      api.order('ann', { itemId, quantity: 1 }, 'k'),
      api.order('ann', { itemId, quantity: 2 }, 'k'),
    ])
    const order = expectSuccess(first, 202, OrderAccepted)
    expect(expectProblem(second, 'KEY_CONFLICT').orderId).toBe(order.orderId)
  })
})
