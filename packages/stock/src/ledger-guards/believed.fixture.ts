import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { setLedgerState, setLedgerTotal, suspendLedger } from '../change-ledger.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder } from '../ledger.fixture.ts'
import { findOrder, readLedger, readLedgers } from '../read-ledger.ts'
import { release } from '../release.ts'
import { reserve } from '../reserve.ts'
import { aLedger, anOrder, anOrderPlaced, claim, everything, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const believedTests = tests

async function sellsNothing(spoil: (item: number) => Promise<void>): Promise<void> {
  const item = await aLedger()
  await spoil(item)
  const before = await everything(item)
  expect(await reserve(redis, item, claim, [anOrder()])).toEqual({ kind: 'NOT_LOADED' })
  expect(await release(redis, item, claim, ['some-order'])).toEqual({ kind: 'NOT_LOADED' })
  expect(await findOrder(redis, item, claim, 'some-order')).toEqual({ kind: 'NOT_LOADED' })
  expect(await readLedger(redis, item)).toBe('NOT_LOADED')
  await asHolder(redis, item, async (owner) => {
    expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'paused')).toBe('NOT_LOADED')
    expect(
      await setLedgerTotal(redis, { itemId: item, owner, birth: '1', epoch: 1 }, { total: 500, totalVersion: 1 }),
    ).toBe('NOT_LOADED')
  })
  expect(await everything(item)).toEqual(before)
}

describe('a ledger that may not be believed sells nothing and says so', () => {
  const spoilings: [why: string, spoil: (item: number) => Promise<void>][] = [
    ['is missing', async (item: number) => void (await redis.del(ledgerKeys(item).ledger))],
    [
      'was loaded into another Redis',
      async (item: number) => void (await redis.hset(ledgerKeys(item).ledger, 'stamp', 'f'.repeat(40))),
    ],
    ['is of another format', async (item: number) => void (await redis.hset(ledgerKeys(item).ledger, 'format', '0'))],
    ['is being rebuilt', async (item: number) => void (await suspendLedger(redis, item, { birth: '1', epoch: 1 }))],
  ]
  for (const [why, spoil] of spoilings) test(`because it ${why}`, () => sellsNothing(spoil))

  test('because it was rewound: an old copy of its keys came back into the same Redis', async () => {
    const item = await aLedger()
    const { ledger } = ledgerKeys(item)
    const old = await redis.dumpBuffer(ledger)
    const sold = await reserve(redis, item, claim, [anOrder()])
    expect(sold).toMatchObject({ kind: 'JUDGED', entry: { sequence: 1 } })
    await redis.restore(ledger, 0, old, 'REPLACE')

    expect(await findOrder(redis, item, { ...claim, sequence: 1 }, 'some-order')).toEqual({ kind: 'NOT_LOADED' })
    expect(await reserve(redis, item, { ...claim, sequence: 1 }, [anOrder()])).toEqual({ kind: 'NOT_LOADED' })
    // Found out once, it is known to everybody, also to a process that has seen nothing yet.
    expect(await reserve(redis, item, claim, [anOrder()])).toEqual({ kind: 'NOT_LOADED' })
  })

  test('because it is of another epoch than the caller knows', async () => {
    const item = await aLedger({ epoch: 7 })
    const before = await everything(item)
    expect(await reserve(redis, item, claim, [anOrder()])).toEqual({ kind: 'STALE_EPOCH' })
    expect(await release(redis, item, claim, ['some-order'])).toEqual({ kind: 'STALE_EPOCH' })
    expect(await findOrder(redis, item, claim, 'some-order')).toEqual({ kind: 'STALE_EPOCH' })
    expect(await everything(item)).toEqual(before)
  })
})

describe('a ledger of which one key is missing', () => {
  test('is not believed without its orders: a repeated order is not judged anew', async () => {
    const item = await aLedger({ purchaseLimit: 1 })
    const order = await anOrderPlaced(item)
    await redis.del(ledgerKeys(item).orders)
    const before = await everything(item)
    expect(await reserve(redis, item, claim, [order])).toEqual({ kind: 'NOT_LOADED' })
    expect(await findOrder(redis, item, claim, order.orderId)).toEqual({ kind: 'NOT_LOADED' })
    expect(await release(redis, item, claim, [order.orderId])).toEqual({ kind: 'NOT_LOADED' })
    expect(await readLedger(redis, item)).toBe('NOT_LOADED')
    expect(await everything(item)).toEqual(before)
  })

  test('is not believed without its buyers: nobody gets the limit twice', async () => {
    const item = await aLedger({ purchaseLimit: 1 })
    const order = await anOrderPlaced(item)
    await redis.del(ledgerKeys(item).buyers)
    const before = await everything(item)
    expect(await reserve(redis, item, claim, [anOrder('ann')])).toEqual({ kind: 'NOT_LOADED' })
    expect(await release(redis, item, claim, [order.orderId])).toEqual({ kind: 'NOT_LOADED' })
    expect(await readLedger(redis, item)).toBe('NOT_LOADED')
    expect(await everything(item)).toEqual(before)
  })

  test('or has become a key of another type, does not keep the other ledgers from being read', async () => {
    const [broken, whole] = [await aLedger(), await aLedger()]
    await redis.set(ledgerKeys(broken).orders, 'a string')
    await redis.set(ledgerKeys(broken).buyers, 'a string')
    expect(await readLedgers(redis, [broken, whole])).toEqual(['NOT_LOADED', expect.objectContaining({ epoch: 1 })])
  })
})

test('a replica judges no order and finds none, though its ledger is whole', async () => {
  const item = await aLedger({ total: 1 })
  const order = anOrder()
  await reserve(redis, item, claim, [order])
  // No master is there, so the replica keeps what it has.
  await redis.replicaof('127.0.0.1', 1)
  try {
    expect(await findOrder(redis, item, claim, order.orderId)).toEqual({ kind: 'NOT_LOADED' })
    expect(await readLedger(redis, item)).toBe('NOT_LOADED')
    // It would be refused as sold out, with nothing written.
    await expect(reserve(redis, item, claim, [anOrder()])).rejects.toThrow('READONLY')
  } finally {
    await redis.replicaof('NO', 'ONE')
  }
})

test('a ledger that came into another Redis is not suspended for what it did before', async () => {
  const item = await aLedger()
  await redis.hset(ledgerKeys(item).ledger, 'stamp', 'f'.repeat(40))
  const before = await everything(item)
  expect(await suspendLedger(redis, item, { birth: '1', epoch: 1 })).toBe(false)
  expect(await everything(item)).toEqual(before)
})

test('a ledger is not suspended for what another epoch of it did', async () => {
  const item = await aLedger()
  expect(await suspendLedger(redis, item, { birth: '1', epoch: 2 })).toBe(false)
  expect(await readLedger(redis, item)).toMatchObject({ state: 'live' })
})

describe('while an item is held exclusively', () => {
  test('nobody else sells or returns anything, and is told how long the lease lasts yet', async () => {
    const item = await aLedger()
    await asHolder(redis, item, async () => {
      const before = await everything(item)
      const refused = await reserve(redis, item, claim, [anOrder()])
      expect(refused).toMatchObject({ kind: 'BUSY' })
      expect(refused).toHaveProperty('retryAfterMs', expect.closeTo(10_000, -4))
      expect(await release(redis, item, claim, ['some-order'])).toMatchObject({ kind: 'BUSY' })
      expect(await everything(item)).toEqual(before)
    })
  })

  test('its holder sells as its owner', async () => {
    const item = await aLedger()
    await asHolder(redis, item, async (owner) => {
      expect(await reserve(redis, item, { ...claim, owner }, [anOrder()])).toMatchObject({ verdicts: ['RESERVED'] })
    })
  })

  test('a former holder changes nothing', async () => {
    const item = await aLedger()
    await asHolder(redis, item, async () => {
      const former = { itemId: item, owner: 'a former holder', birth: '1', epoch: 1 }
      expect(await setLedgerState(redis, former, 'closed')).toBe('LEASE_LOST')
      expect(await setLedgerTotal(redis, former, { total: 1, totalVersion: 1 })).toBe('LEASE_LOST')
    })
    expect(await readLedger(redis, item)).toMatchObject({ state: 'live', total: 100 })
  })
})
