import { ItemView } from '@flash-sale/contract/sales'
import { describe, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

const ended = { opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' }

function change(itemId: number, total: unknown, key?: string) {
  return api.operate(`/v1/ops/items/${itemId}/total`, { total }, key)
}

test('an operator lowers and raises a total while the item sells, and the trail says so', async () => {
  const { itemId } = await api.createItem()
  await api.order('ann', { itemId, quantity: 2 })
  expect(expectSuccess(await change(itemId, 4), 200, ItemView)).toMatchObject({ total: 4, available: 2 })
  expect(expectSuccess(await change(itemId, 7), 200, ItemView)).toMatchObject({ total: 7, available: 5 })
  const events = await api.stores.database.auditEvent.findMany({
    where: { itemId, action: 'total' },
    orderBy: { id: 'asc' },
  })
  expect(events.map(({ detail }) => detail)).toEqual([
    { total: 4, before: 10 },
    { total: 7, before: 4 },
  ])
  expect(await api.audit(itemId)).toMatchObject({ total: 7, available: 5, outboxUnits: 2, balanced: true })
})

test('one key changes the total once', async () => {
  const { itemId } = await api.createItem()
  await change(itemId, 4, 'once')
  await change(itemId, 9)
  expect((await change(itemId, 4, 'once')).headers['idempotent-replayed']).toBe('true')
  expectProblem(await change(itemId, 5, 'once'), 'KEY_CONFLICT')
  expect(await api.audit(itemId)).toMatchObject({ total: 9, balanced: true })
})

describe('a total is refused', () => {
  test('below the units taken, with the numbers', async () => {
    const { itemId } = await api.createItem()
    await api.order('ann', { itemId, quantity: 2 })
    expect(expectProblem(await change(itemId, 1), 'TOTAL_BELOW_TAKEN').detail).toBe(
      '2 of 10 units are taken; the total cannot be lower than 2.',
    )
    expect(await api.audit(itemId)).toMatchObject({ total: 10, available: 8, balanced: true })
  })

  test('that is no number of units, of an item that is not there, or of a sale that is over', async () => {
    const { itemId } = await api.createItem({}, ended)
    for (const total of [-1, 1.5, '4', 10_000_001]) expectProblem(await change(itemId, total), 'INVALID_REQUEST')
    expectProblem(await change(itemId, 4), 'SALE_ALREADY_CLOSED')
    expectProblem(await change(2_147_483_647, 4), 'ITEM_NOT_FOUND')
  })
})
