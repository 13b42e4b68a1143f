import { collectTests } from '@flash-sale/testing/test-every-guard'
import { expect } from 'vitest'
import { setLedgerState, setLedgerTotal } from '../change-ledger.ts'
import { asHolder } from '../ledger.fixture.ts'
import { readLedger } from '../read-ledger.ts'
import { release } from '../release.ts'
import { reserve } from '../reserve.ts'
import { aLedger, anOrder, claim, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const changeTests = tests

test('a closed ledger stays closed', async () => {
  const item = await aLedger({ state: 'closed' })
  await asHolder(redis, item, async (owner) => {
    expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'live')).toBe('CLOSED')
    expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'closed')).toBe('CHANGED')
  })
})

test('the units of an order are given back once, and those of an unknown order never', async () => {
  const item = await aLedger()
  const order = anOrder()
  await reserve(redis, item, claim, [order])
  const released = await release(redis, item, claim, [order.orderId, order.orderId, 'unknown'])
  expect(released).toMatchObject({ outcomes: ['GIVEN_BACK', 'GIVEN_BACK_BEFORE', 'UNKNOWN'] })
  expect(await readLedger(redis, item)).toMatchObject({ available: 100 })
})

test('units that are withdrawn lower the total, and nobody can buy them', async () => {
  const item = await aLedger()
  const [kept, withdrawn] = [anOrder(), anOrder()]
  await reserve(redis, item, claim, [kept, withdrawn])
  const released = await release(redis, item, claim, [withdrawn.orderId, withdrawn.orderId], 'withdraw')
  expect(released).toMatchObject({ outcomes: ['GIVEN_BACK', 'GIVEN_BACK_BEFORE'] })
  expect(await readLedger(redis, item)).toMatchObject({ total: 100 - withdrawn.quantity, available: 98 })
})

test('a ledger counts the orders that it took units back of, each once', async () => {
  const item = await aLedger()
  const orders = [anOrder(), anOrder(), anOrder()]
  await reserve(redis, item, claim, orders)
  const [one, two] = orders.map(({ orderId }) => orderId)
  await release(redis, item, claim, [one!, two!])
  await release(redis, item, claim, [one!, 'unknown'], 'withdraw')
  expect(await readLedger(redis, item)).toMatchObject({ endedCount: 2 })
})

test('a total is never lowered below the units taken', async () => {
  const item = await aLedger()
  await reserve(redis, item, claim, [anOrder()])
  await asHolder(redis, item, async (owner) => {
    expect(
      await setLedgerTotal(redis, { itemId: item, owner, birth: '1', epoch: 1 }, { total: 0, totalVersion: 1 }),
    ).toBe('BELOW_TAKEN')
  })
  expect(await readLedger(redis, item)).toMatchObject({ total: 100, available: 99 })
})
