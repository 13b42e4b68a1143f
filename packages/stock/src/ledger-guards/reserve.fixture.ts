import { mutateScript } from '@flash-sale/testing/mutate-script'
import type { Redis } from 'ioredis'
import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect, test as testOnce } from 'vitest'
import { setLedgerState } from '../change-ledger.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder } from '../ledger.fixture.ts'
import { readOutbox } from '../outbox.ts'
import { readLedger } from '../read-ledger.ts'
import { release } from '../release.ts'
import { reserve, type OrderToReserve } from '../reserve.ts'
import { aLedger, anOrder, claim, everything, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const reserveTests = tests

describe("the window is judged by Redis' clock, order by order", () => {
  test('before it opens, nothing is sold', async () => {
    const item = await aLedger({ opensAtMs: Date.now() + 60_000 })
    expect(await reserve(redis, item, claim, [anOrder()])).toMatchObject({ verdicts: ['NOT_OPEN'] })
  })

  test('after it closed, nothing is sold, but a replay gets its first answer', async () => {
    const item = await aLedger()
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    await redis.hset(ledgerKeys(item).ledger, 'closesAt', Date.now() - 1)
    expect(await reserve(redis, item, claim, [order, anOrder()])).toMatchObject({ verdicts: ['REPLAYED', 'CLOSED'] })
  })
})

describe('one batch', () => {
  test('counts what it takes itself: two orders of one buyer share the limit, one id is one order', async () => {
    const item = await aLedger({ total: 3 })
    const [first, second] = [anOrder('ann'), anOrder('ann')]
    const outcome = await reserve(redis, item, claim, [first, first, second, anOrder('ann'), anOrder(), anOrder()])
    expect(outcome).toMatchObject({
      verdicts: ['RESERVED', 'REPLAYED', 'RESERVED', 'LIMIT_REACHED', 'RESERVED', 'SOLD_OUT'],
    })
    const [entry] = await readOutbox(redis, item, 10)
    expect(entry?.orders.map(({ orderId }) => orderId)).toEqual([first.orderId, second.orderId, expect.any(String)])
  })

  test('that is refused altogether writes nothing at all', async () => {
    const item = await aLedger({ total: 0, available: 0 })
    const before = await everything(item)
    const refused = await reserve(redis, item, claim, [anOrder(), anOrder()])
    expect(refused).toMatchObject({ kind: 'JUDGED', verdicts: ['SOLD_OUT', 'SOLD_OUT'] })
    expect(refused).not.toHaveProperty('entry')
    expect(await everything(item)).toEqual(before)
  })

  test('with a quantity that is none is an error and writes nothing, whatever stands before it', async () => {
    const item = await aLedger()
    const before = await everything(item)
    for (const quantity of [0, -1, 1.5, Number.NaN]) {
      await expect(reserve(redis, item, claim, [anOrder(), { ...anOrder(), quantity }])).rejects.toThrow('bad quantity')
    }
    expect(await everything(item)).toEqual(before)
  })

  test('of the largest size fits', async () => {
    const item = await aLedger({ total: 2_000 })
    const outcome = await reserve(
      redis,
      item,
      claim,
      Array.from({ length: 1024 }, () => anOrder()),
    )
    expect(outcome.kind === 'JUDGED' && outcome.verdicts.every((verdict) => verdict === 'RESERVED')).toBe(true)
    await expect(
      reserve(
        redis,
        item,
        claim,
        Array.from({ length: 1025 }, () => anOrder()),
      ),
    ).rejects.toThrow('bad batch')
  })
})

describe('an order without a key, in a sale with a duplicate window', () => {
  const windowMs = 60_000
  const keyless = (buyer: string, firstIds: readonly string[], arrivedAtMs = Date.now()): OrderToReserve => ({
    ...anOrder(buyer),
    keyless: { firstIds, windowMs, arrivedAtMs },
  })
  const none = ['no-order', 'none', 'nor-this']

  /** Sells as `sold`, with this connection's script or a mutant of it. */
  async function sellOnce(connection: Redis, item: number): Promise<string[]> {
    const first = keyless('ann', none)
    const again = [keyless('ann', ['x', first.orderId, 'y']), keyless('ann', ['x', 'y', first.orderId])]
    const verdicts: string[] = []
    for (const orders of [[first, again[0]!], [again[1]!]]) {
      const outcome = await reserve(connection, item, claim, orders)
      if (outcome.kind !== 'JUDGED') throw new Error(outcome.kind)
      verdicts.push(...outcome.verdicts.map((verdict, i) => outcome.firstIds?.get(i) ?? verdict))
    }
    return verdicts.map((verdict) => (verdict === first.orderId ? 'AS THE FIRST' : verdict))
  }

  test('is the first one sent again, in its batch and in a later one', async () => {
    const item = await aLedger()
    expect(await sellOnce(redis, item)).toEqual(['RESERVED', 'AS THE FIRST', 'AS THE FIRST'])
    expect(await readLedger(redis, item)).toMatchObject({ available: 99, outboxLength: 1 })
  })

  test('is the first one whatever came of that, and while the sale is paused or the limit is reached', async () => {
    const item = await aLedger({ purchaseLimit: 1 })
    const first = keyless('ann', none)
    const again = () => reserve(redis, item, claim, [keyless('ann', [first.orderId, 'x', 'y'])])
    await reserve(redis, item, claim, [first])
    expect(await again()).toMatchObject({ verdicts: ['REPLAYED'], firstIds: new Map([[0, first.orderId]]) })
    await release(redis, item, claim, [first.orderId])
    expect(await again()).toMatchObject({ verdicts: ['REPLAYED'] })
    await asHolder(redis, item, (owner) =>
      setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'paused'),
    )
    expect(await again()).toMatchObject({ verdicts: ['REPLAYED'] })
  })

  test('is another order once the window is over; the time that it waited, here or on its way, does not count', async () => {
    const item = await aLedger({ purchaseLimit: 3 })
    const { orders } = ledgerKeys(item)
    const acceptedAtMs = Date.now() - 2 * windowMs
    await redis.hset(orders, 'long-ago', `1:${acceptedAtMs}:ann`)
    const sell = (arrivedAtMs: number) =>
      reserve(redis, item, claim, [keyless('ann', ['long-ago', 'x', 'y'], arrivedAtMs)])
    expect(await sell(Date.now())).toMatchObject({ verdicts: ['RESERVED'] })
    expect(await sell(Date.now() - 1.5 * windowMs)).toMatchObject({ verdicts: ['REPLAYED'] })
  })

  testOnce('mutant: without the look at first sendings a double click is two orders', async () => {
    const mutant = redis.duplicate()
    const file = new URL('../reserve.lua', import.meta.url)
    await mutateScript(mutant, { name: 'reserve', file, keyCount: 5, guard: 'double click' })
    expect(await sellOnce(mutant, await aLedger())).toEqual(['RESERVED', 'RESERVED', 'LIMIT_REACHED'])
    mutant.disconnect()
  })

  testOnce('mutant: without the look at its own batch a double click in one batch is two orders', async () => {
    const mutant = redis.duplicate()
    const file = new URL('../reserve.lua', import.meta.url)
    await mutateScript(mutant, { name: 'reserve', file, keyCount: 5, guard: 'first sending in the same batch' })
    expect(await sellOnce(mutant, await aLedger())).toEqual(['RESERVED', 'RESERVED', 'AS THE FIRST'])
    mutant.disconnect()
  })

  test('of the largest batch fits', async () => {
    const item = await aLedger({ total: 2_000 })
    const batch = Array.from({ length: 1024 }, (_, i) =>
      keyless(
        `buyer ${i}`,
        none.map((id) => `${id}-${i}`),
      ),
    )
    const outcome = await reserve(redis, item, claim, batch)
    expect(outcome.kind === 'JUDGED' && outcome.verdicts.every((verdict) => verdict === 'RESERVED')).toBe(true)
  })
})

test('an order sent again with another quantity is a conflict', async () => {
  const item = await aLedger()
  const order = anOrder()
  await reserve(redis, item, claim, [order])
  const again = await reserve(redis, item, claim, [{ ...order, quantity: 2 }])
  expect(again).toMatchObject({ verdicts: ['KEY_CONFLICT'] })
})

test('a paused ledger sells nothing', async () => {
  const item = await aLedger({ state: 'paused' })
  expect(await reserve(redis, item, claim, [anOrder()])).toMatchObject({ verdicts: ['PAUSED'] })
})

test('a ledger in a state that only a later version knows sells nothing', async () => {
  const item = await aLedger()
  await redis.hset(ledgerKeys(item).ledger, 'state', 'reserved for friends')
  expect(await reserve(redis, item, claim, [anOrder()])).toMatchObject({ verdicts: ['CLOSED'] })
})

test('the hashes of a small ledger are real hash tables from the start, in a Redis with default settings too', async () => {
  await redis.config('SET', 'hash-max-listpack-entries', '512')
  const item = await aLedger()
  const { buyers, orders } = ledgerKeys(item)
  expect(await redis.object('ENCODING', buyers)).toBe('hashtable')
  expect(await redis.object('ENCODING', orders)).toBe('hashtable')
})
