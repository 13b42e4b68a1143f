import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { acknowledge } from '../acknowledge.ts'
import { setEntriesAside } from '../aside.ts'
import { discardEntry } from '../discard-entry.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder } from '../ledger.fixture.ts'
import { readForeignEntry, readOutbox } from '../outbox.ts'
import { reserve } from '../reserve.ts'
import { aLedger, anOrder, claim, everything, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const outboxTests = tests

describe('an outbox entry', () => {
  test('is deleted by the ledger that wrote it, once', async () => {
    const item = await aLedger()
    await reserve(redis, item, claim, [anOrder()])
    const [entry] = await readOutbox(redis, item, 10)
    expect(await acknowledge(redis, item, { birth: '1', epoch: 1 }, [entry!.id])).toBe(1)
    expect(await acknowledge(redis, item, { birth: '1', epoch: 1 }, [entry!.id])).toBe(0)
  })

  test('of another epoch, or in another Redis, stays', async () => {
    const item = await aLedger()
    await reserve(redis, item, claim, [anOrder()])
    const [entry] = await readOutbox(redis, item, 10)
    expect(await acknowledge(redis, item, { birth: '1', epoch: 2 }, [entry!.id])).toBe('ANOTHER_LEDGER')
    await redis.hset(ledgerKeys(item).ledger, 'stamp', 'f'.repeat(40))
    expect(await acknowledge(redis, item, { birth: '1', epoch: 1 }, [entry!.id])).toBe('ANOTHER_LEDGER')
    expect(await readOutbox(redis, item, 10)).toHaveLength(1)
  })
})

test('an entry of an older epoch is deleted by the ledger that came after, and one of its own with the same id is not', async () => {
  const item = await aLedger({ epoch: 5 })
  const { outbox } = ledgerKeys(item)
  await redis.xadd(outbox, '1-1', 'epoch', '1', 'at', '1', 'letters', 'A', 'orders', '[["x"],["ann"],[1]]')
  await redis.xadd(outbox, '1-2', 'epoch', '5', 'at', '1', 'letters', 'A', 'orders', '[["y"],["ann"],[1]]')
  expect(await acknowledge(redis, item, { birth: '1', epoch: 1 }, ['1-1', '1-2'])).toBe(1)
  expect((await readOutbox(redis, item, 10)).map(({ id }) => id)).toEqual(['1-2'])
})

test('an entry that is none of ours is deleted where it is the one that was read, and nowhere else', async () => {
  const item = await aLedger()
  const { outbox } = ledgerKeys(item)
  const read = async () => (await readForeignEntry(redis, item, '1-1'))!
  await redis.xadd(outbox, '1-1', 'foo', 'bar')
  const entry = await read()
  for (const fields of [
    ['foo', 'other'],
    ['foo', 'bar', 'and', 'more'],
  ]) {
    await redis.del(outbox)
    await redis.xadd(outbox, '1-1', ...fields)
    expect(await discardEntry(redis, item, entry)).toBe(0)
    expect(await redis.xlen(outbox)).toBe(1)
  }
  expect(await discardEntry(redis, item, await read())).toBe(1)
  expect(await discardEntry(redis, item, entry)).toBe(0)
})

test('outbox entries of another item are moved aside, and the own ones stay', async () => {
  const item = await aLedger()
  const { outbox } = ledgerKeys(item)
  await reserve(redis, item, claim, [anOrder()])
  const foreign = ['epoch', '1', 'at', '1', 'letters', 'A', 'orders', '[["x"],["ann"],[1]]', 'birth', '2']
  const foreignId = (await redis.xadd(outbox, '*', ...foreign))!
  const [own] = await readOutbox(redis, item, 10)
  const entryIds = [own!.id, foreignId, '1-1']
  await asHolder(redis, item, async (owner) => {
    const before = await everything(item)
    const former = { owner: 'a former holder', birth: '1' }
    expect(await setEntriesAside(redis, item, former, entryIds)).toBe('LEASE_LOST')
    expect(await everything(item)).toEqual(before)
    expect(await setEntriesAside(redis, item, { owner, birth: '1' }, entryIds)).toBe(1)
  })
  expect((await readOutbox(redis, item, 10)).map(({ id }) => id)).toEqual([own!.id])
  expect((await redis.xrange(`{item:${item}}:aside:2:outbox`, '-', '+')).map(([, fields]) => fields)).toEqual([foreign])
})
