import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { acknowledge } from '../acknowledge.ts'
import { countAside, setAside } from '../aside.ts'
import { setLedgerState, suspendLedger } from '../change-ledger.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder, makeLedger, rebuildClaim } from '../ledger.fixture.ts'
import { readOutbox } from '../outbox.ts'
import { findOrder } from '../read-ledger.ts'
import { beginRebuild } from '../rebuild-ledger.ts'
import { release } from '../release.ts'
import { reserve } from '../reserve.ts'
import { aLedger, aNewItem, anOrder, claim, everything, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const anotherItemTests = tests

/** A ledger of the item of birth 1, with an order that waits in its outbox. */
async function soldFrom(): Promise<number> {
  const item = await aLedger()
  await reserve(redis, item, claim, [anOrder()])
  return item
}

const beginAs = (item: number, making: { birth: string; epoch: number }, changes = {}) =>
  asHolder(redis, item, async (owner) =>
    beginRebuild(redis, item, { ...(await rebuildClaim(redis, owner, making)), ...changes }),
  )

describe('the ledger of another item, which had the same number,', () => {
  const other = { birth: '2', epoch: 1 }

  test('sells nothing, finds nothing and changes nothing', async () => {
    const item = await soldFrom()
    const before = await everything(item)
    const foreign = { owner: '', sequence: 0, ...other }
    expect(await reserve(redis, item, foreign, [anOrder()])).toEqual({ kind: 'STALE_EPOCH' })
    expect(await release(redis, item, foreign, ['some-order'])).toEqual({ kind: 'STALE_EPOCH' })
    expect(await findOrder(redis, item, foreign, 'some-order')).toEqual({ kind: 'STALE_EPOCH' })
    expect(await suspendLedger(redis, item, other)).toBe(false)
    const [entry] = await readOutbox(redis, item, 10)
    expect(await acknowledge(redis, item, other, [entry!.id])).toBe('ANOTHER_LEDGER')
    await asHolder(redis, item, async (owner) => {
      expect(await setLedgerState(redis, { itemId: item, owner, ...other }, 'paused')).toBe('STALE_EPOCH')
    })
    expect(await everything(item)).toEqual(before)
  })

  test('is believed where the version before made it, which gave no births', async () => {
    const item = await aLedger()
    await redis.hdel(ledgerKeys(item).ledger, 'birth', 'totalVersion')
    expect(await reserve(redis, item, { ...claim, ...other }, [anOrder()])).toMatchObject({ verdicts: ['RESERVED'] })
    const [entry] = await readOutbox(redis, item, 10)
    expect(entry).toMatchObject({ birth: '', epoch: 1, totalVersion: 0 })
    expect(await acknowledge(redis, item, entry!, [entry!.id])).toBe(1)
  })

  test('says in each outbox entry whose it is, and out of which total it was sold', async () => {
    const item = await aLedger({ birth: '77', totalVersion: 3 })
    await reserve(redis, item, { ...claim, birth: '77' }, [anOrder()])
    expect(await readOutbox(redis, item, 10)).toMatchObject([{ birth: '77', epoch: 1, totalVersion: 3 }])
  })

  test('is moved aside when a rebuild of this one begins, however often, with all that it left', async () => {
    const item = await soldFrom()
    const before = await everything(item)
    const prefix = `{item:${item}}:aside:1:`
    expect(await beginAs(item, other)).toMatchObject({ movedTo: prefix, found: undefined, foundEpoch: 1 })
    // A process that goes on with it hears of it too.
    expect(await beginAs(item, other)).toMatchObject({ movedTo: prefix, found: undefined })
    expect(await countAside(redis, prefix)).toEqual({ prefix, orderCount: 1, entryCount: 1 })
    const moved = [`${prefix}ledger`, `${prefix}buyers`, `${prefix}orders`] as const
    expect([
      ...(await Promise.all(moved.map((key) => redis.hgetall(key)))),
      await redis.xrange(`${prefix}outbox`, '-', '+'),
    ]).toEqual(before)
    expect(await everything(item)).toEqual([{ state: 'rebuilding', birth: '2', aside: prefix, lacks: '1' }, {}, {}, []])

    await makeLedger(redis, item, { birth: '1' })
    expect(await beginAs(item, { birth: '3', epoch: 1 })).toMatchObject({ movedTo: `{item:${item}}:aside:1-2:` })
  })

  test('is moved aside without a birth too, when this one never had a ledger, and is its own when it had', async () => {
    const [item, own] = [await soldFrom(), await soldFrom()]
    for (const each of [item, own]) await redis.hdel(ledgerKeys(each).ledger, 'birth')
    expect(await beginAs(own, { birth: '1', epoch: 1 })).toMatchObject({ movedTo: undefined, foundEpoch: 1 })
    expect(await beginAs(item, { birth: '1', epoch: 0 })).toMatchObject({ movedTo: `{item:${item}}:aside:unknown:` })
    expect(await readOutbox(redis, own, 10)).toHaveLength(1)
    const unfinished = aNewItem()
    await redis.hset(ledgerKeys(unfinished).ledger, 'state', 'rebuilding')
    expect(await beginAs(unfinished, { birth: '1', epoch: 0 })).toMatchObject({ movedTo: undefined })
  })

  test('is left alone in a Redis that is not the one that Postgres knows', async () => {
    const item = await soldFrom()
    const before = await everything(item)
    expect(await beginAs(item, other, { deployment: 'another its-redis' })).toBe('ANOTHER_REDIS')
    expect(await beginAs(item, other, { redisRun: 'f'.repeat(40) })).toBe('ANOTHER_REDIS')
    expect(await everything(item)).toEqual(before)
  })

  test('is moved aside when an operator discards it, by the holder only', async () => {
    const item = await soldFrom()
    await asHolder(redis, item, async (owner) => {
      expect(await setAside(redis, item, 'a former holder')).toBe('LEASE_LOST')
      expect(await readOutbox(redis, item, 10)).toHaveLength(1)
      expect(await setAside(redis, item, owner)).toMatchObject({ orderCount: 1, entryCount: 1 })
    })
    expect(await everything(item)).toEqual([{}, {}, {}, []])
  })
})
