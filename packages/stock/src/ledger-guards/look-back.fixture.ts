import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { acknowledge } from '../acknowledge.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { lookBack } from '../look-back.ts'
import { readOutbox } from '../outbox.ts'
import { reserve } from '../reserve.ts'
import { aLedger, anOrder, claim, everything, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const lookBackTests = tests

function written(orderId: string, sequence = 1) {
  return { birth: '1', epoch: 1, sequence, orderId }
}

describe('a look back at what a process wrote to a ledger', () => {
  test('says what waits for its commit', async () => {
    const item = await aLedger()
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    await reserve(redis, item, claim, [anOrder()])
    const [first, second] = (await readOutbox(redis, item, 10)).map(({ id }) => id)
    const waits = { kind: 'WAITING', sequence: 2, entryCount: 2, oldestId: first, newestId: second }
    expect(await lookBack(redis, item, written(order.orderId))).toEqual(waits)
    await acknowledge(redis, item, claim, [first!, second!])
    expect(await lookBack(redis, item, written(order.orderId))).toEqual({ kind: 'WAITING', sequence: 2, entryCount: 0 })
  })

  test('says that another ledger is there, or none that can be believed', async () => {
    const item = await aLedger({ epoch: 2 })
    const before = await everything(item)
    expect(await lookBack(redis, item, written('x'))).toEqual({ kind: 'STALE_EPOCH' })
    expect(await lookBack(redis, item, { ...written('x'), birth: '2', epoch: 2 })).toEqual({ kind: 'STALE_EPOCH' })
    expect(await everything(item)).toEqual(before)
    await redis.hset(ledgerKeys(item).ledger, 'stamp', 'f'.repeat(40))
    expect(await lookBack(redis, item, { ...written('x'), epoch: 2 })).toEqual({ kind: 'NOT_LOADED' })
  })

  test('suspends a ledger that is behind what the process has seen', async () => {
    const item = await aLedger()
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    expect(await lookBack(redis, item, written(order.orderId, 2))).toEqual({ kind: 'NOT_LOADED' })
    expect(await reserve(redis, item, claim, [anOrder()])).toEqual({ kind: 'NOT_LOADED' })
  })

  test('suspends a ledger that lacks an order of the process, though others have sold so much since that its sequence fits', async () => {
    const item = await aLedger()
    const { ledger, orders } = ledgerKeys(item)
    const copies = await Promise.all([ledger, orders].map(async (key) => [key, await redis.dumpBuffer(key)] as const))
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    for (const [key, copy] of copies) await redis.restore(key, 0, copy, 'REPLACE')
    await reserve(redis, item, claim, [anOrder()])
    expect(await lookBack(redis, item, written(order.orderId))).toEqual({ kind: 'NOT_LOADED' })
    expect(await reserve(redis, item, claim, [anOrder()])).toEqual({ kind: 'NOT_LOADED' })
  })
})
