import { eventually } from '@flash-sale/testing/eventually'
import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { noteOffered } from '../offers-first.ts'
import { findOrder } from '../read-ledger.ts'
import { adopt, reserve } from '../reserve.ts'
import { aLedger, anOrder, claim, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const offersFirstTests = tests

function takesOffersFirst(awaited: string[], withinMs = 60_000): Promise<number> {
  return aLedger({ offersFirst: { withinMs, awaited, mayLackWrites: true } })
}

describe('a ledger that was made anew and takes offers first', () => {
  test('sells nothing, says of no order that there is none, and takes offers', async () => {
    const item = await takesOffersFirst(['one'])
    const sold = await reserve(redis, item, claim, [anOrder()])
    expect(sold).toMatchObject({ kind: 'BUSY' })
    expect(sold).toHaveProperty('retryAfterMs', expect.closeTo(60_000, -4))
    const order = { ...anOrder(), acceptedAtMs: 1 }
    expect(await findOrder(redis, item, claim, order.orderId)).toEqual({ kind: 'NOT_LOADED' })
    expect(await adopt(redis, item, claim, [order])).toMatchObject({ verdicts: ['RESERVED'] })
    expect(await findOrder(redis, item, claim, order.orderId)).toMatchObject({ quantity: 1 })
  })

  test('sells when all that are awaited have offered, and not before', async () => {
    const item = await takesOffersFirst(['one:1', 'one:11', 'two'])
    const ledger = { itemId: item, birth: '1', epoch: 1 }
    const sell = async () => (await reserve(redis, item, claim, [anOrder()])).kind
    for (const name of ['one:11', 'one:11', 'nobody', 'two']) {
      await noteOffered(redis, ledger, name)
      expect(await sell()).toBe('BUSY')
    }
    for (const other of [{ epoch: 2 }, { birth: '2' }]) {
      await noteOffered(redis, { ...ledger, ...other }, 'one:1')
      expect(await sell()).toBe('BUSY')
    }
    await noteOffered(redis, ledger, 'one:1')
    expect(await sell()).toBe('JUDGED')
    expect(await findOrder(redis, item, claim, 'no-order')).toBe('ABSENT')
  })

  test('sells once its time is over, whoever is still awaited', async () => {
    const item = await takesOffersFirst(['one'], 50)
    await eventually(async () => (await reserve(redis, item, claim, [anOrder()])).kind === 'JUDGED', { what: 'a sale' })
    expect(await findOrder(redis, item, claim, 'no-order')).toBe('ABSENT')
  })

  test('sells at once if nobody is awaited', async () => {
    const item = await takesOffersFirst([])
    expect(await reserve(redis, item, claim, [anOrder()])).toMatchObject({ verdicts: ['RESERVED'] })
  })
})
