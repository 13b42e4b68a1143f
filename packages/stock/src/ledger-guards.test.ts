import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateScript } from '@flash-sale/testing/mutate-script'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test as testOnce } from 'vitest'
import { acknowledge } from './acknowledge.ts'
import { countAside, setAside, setEntriesAside } from './aside.ts'
import { setLedgerState, setLedgerTotal, settleLedger, suspendLedger } from './change-ledger.ts'
import { discardEntry } from './discard-entry.ts'
import { ledgerKeys } from './ledger-keys.ts'
import { asHolder, makeLedger, rebuildClaim } from './ledger.fixture.ts'
import { lookBack } from './look-back.ts'
import { forgetMissedOffers, noteOffered, readMissedOffers } from './offers-first.ts'
import { readForeignEntry, readOutbox } from './outbox.ts'
import { findOrder, readLedger, readLedgers, type LedgerView } from './read-ledger.ts'
import {
  beginRebuild,
  commitRebuild,
  dropHashes,
  emptyChunk,
  loadChunk,
  type LedgerRebuild,
  type RebuildClaim,
} from './rebuild-ledger.ts'
import { release } from './release.ts'
import { adopt, reserve, type OrderToReserve } from './reserve.ts'

/** These tests run on the real scripts, and again on mutants. */
const { test, tests } = collectTests()

let redis: Redis
let close: () => Promise<void>
let itemId = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const claim = { owner: '', birth: '1', epoch: 1, sequence: 0, endVersion: 0 }
let lastOrder = 0

function anOrder(buyer = `buyer-${(lastOrder += 1)}`): OrderToReserve {
  return { orderId: `order-${(lastOrder += 1)}`, buyer, quantity: 1 }
}

async function aLedger(overrides: Parameters<typeof makeLedger>[2] = {}): Promise<number> {
  itemId += 1
  await makeLedger(redis, itemId, overrides)
  return itemId
}

async function anOrderPlaced(item: number): Promise<OrderToReserve> {
  const order = anOrder('ann')
  await reserve(redis, item, claim, [order])
  return order
}

const nothingFound = { found: undefined, forgotEnds: false, movedTo: undefined }

async function begin(item: number, owner: string, changes: Partial<RebuildClaim> = {}): Promise<LedgerRebuild> {
  const own = await rebuildClaim(redis, owner, { birth: '1', epoch: 1 })
  const rebuild = await beginRebuild(redis, item, { ...own, ...changes })
  if (typeof rebuild === 'string') throw new Error(rebuild)
  return rebuild
}

async function stampOf(item: number): Promise<string> {
  return (await redis.hget(ledgerKeys(item).ledger, 'stamp'))!
}

async function everything(item: number): Promise<unknown> {
  const { ledger, buyers, orders, outbox } = ledgerKeys(item)
  return Promise.all([
    redis.hgetall(ledger),
    redis.hgetall(buyers),
    redis.hgetall(orders),
    redis.xrange(outbox, '-', '+'),
  ])
}

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
    const file = new URL('reserve.lua', import.meta.url)
    await mutateScript(mutant, { name: 'reserve', file, keyCount: 5, guard: 'double click' })
    expect(await sellOnce(mutant, await aLedger())).toEqual(['RESERVED', 'RESERVED', 'LIMIT_REACHED'])
    mutant.disconnect()
  })

  testOnce('mutant: without the look at its own batch a double click in one batch is two orders', async () => {
    const mutant = redis.duplicate()
    const file = new URL('reserve.lua', import.meta.url)
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

test('a ledger in a state that only a later version knows sells nothing', async () => {
  const item = await aLedger()
  await redis.hset(ledgerKeys(item).ledger, 'state', 'reserved for friends')
  expect(await reserve(redis, item, claim, [anOrder()])).toMatchObject({ verdicts: ['CLOSED'] })
})

test('a closed ledger stays closed', async () => {
  const item = await aLedger({ state: 'closed' })
  await asHolder(redis, item, async (owner) => {
    expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'live')).toBe('CLOSED')
    expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'closed')).toBe('CHANGED')
  })
})

describe('the ledger of an ended sale is settled', () => {
  const books = { total: 100, available: 100 }
  const settle = (item: number, { epoch = 1, ...units } = { ...books, epoch: 1 }) =>
    asHolder(redis, item, (owner) => settleLedger(redis, { itemId: item, owner, birth: '1', epoch }, units))

  test('once its window is over, or an operator closed it', async () => {
    for (const ended of [{ closesAtMs: Date.now() - 1 }, { state: 'closed' as const }]) {
      const item = await aLedger(ended)
      expect(await settle(item)).toBe('CHANGED')
      expect(await settle(item)).toBe('CHANGED')
      expect(await readLedger(redis, item)).toMatchObject({ state: 'settled' })
    }
  })

  test('not while it is on, nor while an order waits in its outbox, nor with other units than Postgres counts', async () => {
    const open = await aLedger()
    expect(await settle(open)).toBe('NOT_CLOSED')
    await reserve(redis, open, claim, [anOrder()])
    await redis.hset(ledgerKeys(open).ledger, 'closesAt', Date.now() - 1)
    expect(await settle(open, { total: 100, available: 99, epoch: 1 })).toBe('NOT_CLOSED')
    const over = await aLedger({ closesAtMs: Date.now() - 1 })
    expect(await settle(over, { total: 100, available: 99, epoch: 1 })).toBe('NOT_CLOSED')
    expect(await settle(over, { total: 99, available: 100, epoch: 1 })).toBe('NOT_CLOSED')
    expect(await settle(over, { ...books, epoch: 2 })).toBe('STALE_EPOCH')
    const lacking = await aLedger({ state: 'closed' })
    for (const field of [{ offersUntil: Date.now() + 60_000 }, { offersUntil: 1, lacking: 7 }]) {
      await redis.hset(ledgerKeys(lacking).ledger, field)
      expect(await settle(lacking)).toBe('NOT_CLOSED')
    }
  })

  test('only by its holder', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await asHolder(redis, item, async () => {
      const former = { itemId: item, owner: 'a former holder', birth: '1', epoch: 1 }
      expect(await settleLedger(redis, former, books)).toBe('LEASE_LOST')
    })
  })

  test('and takes nothing any more, whatever its clock says, but replays and look-ups are answered', async () => {
    const item = await aLedger()
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    const [entry] = await readOutbox(redis, item, 10)
    await acknowledge(redis, item, { birth: '1', epoch: 1 }, [entry!.id])
    await redis.hset(ledgerKeys(item).ledger, 'closesAt', Date.now() - 1)
    expect(await settle(item, { total: 100, available: 99, epoch: 1 })).toBe('CHANGED')
    await redis.hset(ledgerKeys(item).ledger, 'closesAt', Date.now() + 60_000)
    expect(await reserve(redis, item, claim, [order, anOrder()])).toMatchObject({ verdicts: ['REPLAYED', 'CLOSED'] })
    expect(await adopt(redis, item, claim, [{ ...anOrder(), acceptedAtMs: 1 }])).toEqual({ kind: 'NOT_LOADED' })
    expect(await findOrder(redis, item, claim, order.orderId)).toMatchObject({ quantity: 1 })
    expect(await readOutbox(redis, item, 10)).toEqual([])
  })

  test('and is a closed one for a version that does not know of settlement', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await settle(item)
    expect(await redis.hget(ledgerKeys(item).ledger, 'state')).toBe('closed')
  })

  test('until its sale is on again, by a clock that was set right', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await settle(item)
    await asHolder(redis, item, async (owner) => {
      expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'live')).toBe('CHANGED')
    })
    expect(await readLedger(redis, item)).toMatchObject({ state: 'live' })
  })

  test('until a holder sets its state: then it adopts again', async () => {
    const item = await aLedger({ state: 'closed' })
    await settle(item)
    await asHolder(redis, item, async (owner) => {
      expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'closed')).toBe('CHANGED')
    })
    const adopted = await adopt(redis, item, claim, [{ ...anOrder(), acceptedAtMs: 1 }])
    expect(adopted).toMatchObject({ verdicts: ['RESERVED'] })
  })
})

function takesOffersFirst(awaited: string[], withinMs = 60_000): Promise<number> {
  return aLedger({ offersFirst: { withinMs, awaited, mayLackWrites: true } })
}

function written(orderId: string, sequence = 1) {
  return { birth: '1', epoch: 1, sequence, orderId }
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

test('the hashes of a small ledger are real hash tables from the start, in a Redis with default settings too', async () => {
  await redis.config('SET', 'hash-max-listpack-entries', '512')
  const item = await aLedger()
  const { buyers, orders } = ledgerKeys(item)
  expect(await redis.object('ENCODING', buyers)).toBe('hashtable')
  expect(await redis.object('ENCODING', orders)).toBe('hashtable')
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

test('the units of an order are given back once, and those of an unknown order never', async () => {
  const item = await aLedger()
  const order = anOrder()
  await reserve(redis, item, claim, [order])
  const released = await release(redis, item, claim, [order.orderId, order.orderId, 'unknown'])
  expect(released).toMatchObject({ outcomes: ['GIVEN_BACK', 'GIVEN_BACK_BEFORE', 'UNKNOWN'] })
  expect(await readLedger(redis, item)).toMatchObject({ available: 100 })
})

test('a ledger keeps the highest version of the ends that it was told, also through a rebuild', async () => {
  const item = await aLedger({ endVersion: 3 })
  expect(await readLedger(redis, item)).toMatchObject({ endVersion: 3 })
  const order = await anOrderPlaced(item)
  await release(redis, item, { ...claim, endVersion: 5 }, [order.orderId])
  await release(redis, item, { ...claim, endVersion: 4 }, [order.orderId])
  expect(await readLedger(redis, item)).toMatchObject({ endVersion: 5 })
  await asHolder(redis, item, async (owner) => {
    expect(await begin(item, owner, { endVersion: 5 })).toMatchObject({ forgotEnds: false, found: { endVersion: 5 } })
    expect(await begin(item, owner, { endVersion: 4 })).toMatchObject({ forgotEnds: true })
    // Some were ended again, and then the process died.
    expect(await begin(item, owner, { endVersion: 5 })).toMatchObject({ forgotEnds: true })
  })
})

test('units that are withdrawn lower the total, and nobody can buy them', async () => {
  const item = await aLedger()
  const [kept, withdrawn] = [anOrder(), anOrder()]
  await reserve(redis, item, claim, [kept, withdrawn])
  const released = await release(redis, item, claim, [withdrawn.orderId, withdrawn.orderId], 'withdraw')
  expect(released).toMatchObject({ outcomes: ['GIVEN_BACK', 'GIVEN_BACK_BEFORE'] })
  expect(await readLedger(redis, item)).toMatchObject({ total: 100 - withdrawn.quantity, available: 98 })
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

test('a ledger is not suspended for what another epoch of it did', async () => {
  const item = await aLedger()
  expect(await suspendLedger(redis, item, { birth: '1', epoch: 2 })).toBe(false)
  expect(await readLedger(redis, item)).toMatchObject({ state: 'live' })
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

describe('a rebuild', () => {
  const chunk = '[["order","1:5:ann"],["ann","1"]]'

  test('goes no step further in the hands of a former holder', async () => {
    const item = await aLedger()
    const head = await makeLedger(redis, item)
    await asHolder(redis, item, async (owner) => {
      const claimOfFormer = await rebuildClaim(redis, 'a former holder', head)
      expect(await beginRebuild(redis, item, claimOfFormer)).toBe('LEASE_LOST')
      const former = { ...(await begin(item, owner)), owner: 'a former holder' }
      const before = await everything(item)
      expect(await loadChunk(redis, former, chunk)).toBe('LEASE_LOST')
      expect(await dropHashes(redis, former)).toBe('LEASE_LOST')
      expect(await commitRebuild(redis, former, head)).toBe('LEASE_LOST')
      expect(await everything(item)).toEqual(before)
    })
  })

  test('writes nothing into another Redis than the one where it began, nor into a ledger that nobody rebuilds', async () => {
    const item = await aLedger()
    await asHolder(redis, item, async (owner) => {
      const nobodys = { itemId: item, birth: '1', owner, stamp: await stampOf(item), foundEpoch: 1, ...nothingFound }
      const whole = await everything(item)
      expect(await loadChunk(redis, nobodys, chunk)).toBe('ANOTHER_REDIS')
      expect(await dropHashes(redis, nobodys)).toBe('ANOTHER_REDIS')
      expect(await everything(item)).toEqual(whole)
      const elsewhere = { ...(await begin(item, owner)), stamp: 'f'.repeat(40) }
      const suspended = await everything(item)
      expect(await loadChunk(redis, elsewhere, chunk)).toBe('ANOTHER_REDIS')
      expect(await dropHashes(redis, elsewhere)).toBe('ANOTHER_REDIS')
      expect(await everything(item)).toEqual(suspended)
    })
  })

  test('writes what differs, in any order and any number of times, and nothing else', async () => {
    const item = await aLedger()
    const { orders, buyers } = ledgerKeys(item)
    await redis.hset(orders, 'order', '1:5:bob', 'other', '1:5:ann')
    await redis.set(buyers, 'a key of another type')
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      for (let i = 0; i < 2; i += 1) expect(await loadChunk(redis, rebuild, chunk)).toMatchObject({ kind: 'LOADED' })
      const long = { '\0': '-'.repeat(65) }
      expect(await redis.hgetall(orders)).toEqual({ ...long, order: '1:5:ann', other: '1:5:ann' })
      expect(await redis.hgetall(buyers)).toEqual({ ...long, ann: '1' })
      await redis.config('RESETSTAT')
      await loadChunk(redis, rebuild, chunk)
      expect(await redis.info('commandstats')).not.toContain('cmdstat_hset:')
    })
  })

  test('takes a chunk that is larger than what Lua can pass to a command', async () => {
    const item = await aLedger()
    const fields = Array.from({ length: 10_000 }, (_, i) => [`order-${i}`, `1:5:buyer-${i}`]).flat()
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      expect(await loadChunk(redis, rebuild, JSON.stringify([fields, []]))).toMatchObject({ kind: 'LOADED' })
      expect(await redis.hlen(ledgerKeys(item).orders)).toBe(10_001)
      expect(await redis.hget(ledgerKeys(item).orders, 'order-9999')).toBe('1:5:buyer-9999')
    })
  })

  test('is committed once, in the Redis where it began, when its hashes hold what was loaded and nothing else', async () => {
    const item = await aLedger()
    const head = { ...(await makeLedger(redis, item)), epoch: 2 }
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, { ...rebuild, stamp: 'f'.repeat(40) }, head)).toBe('ANOTHER_REDIS')
      expect(await commitRebuild(redis, rebuild, { ...head, orderCount: 1 })).toBe('COUNTS_DIFFER')
      expect(await commitRebuild(redis, rebuild, { ...head, buyerCount: 1 })).toBe('COUNTS_DIFFER')
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
      expect(await commitRebuild(redis, rebuild, { ...head, epoch: 3 })).toBe('ANOTHER_REDIS')
    })
    expect(await readLedger(redis, item)).toMatchObject({ state: 'live', epoch: 2 })
  })

  test('starts its hashes afresh once they are dropped', async () => {
    const item = await aLedger()
    const { orders, buyers } = ledgerKeys(item)
    await redis.hset(orders, 'more', 'than Postgres has')
    const head = await makeLedger(redis, await aLedger())
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, rebuild, head)).toBe('COUNTS_DIFFER')
      expect(await dropHashes(redis, rebuild)).toBe('DROPPED')
      expect(await redis.exists(orders, buyers)).toBe(0)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
    })
  })
})

interface RebuildFor {
  readonly awaited?: readonly string[]
  readonly mayLackWrites?: boolean
  readonly available?: number
  readonly claim?: Partial<RebuildClaim>
}

/** Rebuilds a ledger, with one order that Postgres has; `load` brings the rows. */
async function rebuildWith(item: number, load: (rebuild: LedgerRebuild) => Promise<unknown>, options: RebuildFor = {}) {
  const { awaited = ['one'], mayLackWrites = true, available = 9 } = options
  const head = await makeLedger(redis, await aLedger())
  await asHolder(redis, item, async (owner) => {
    const rebuild = await begin(item, owner, options.claim)
    await load(rebuild)
    const offersFirst = { withinMs: 60_000, awaited, mayLackWrites }
    const opened = { ...head, orderCount: 1, buyerCount: 1, available, offersFirst }
    expect(await commitRebuild(redis, rebuild, opened)).toBe('COMMITTED')
  })
}

const offersEnd = (item: number) => redis.hset(ledgerKeys(item).ledger, 'offersUntil', 1)

/** The units that lost orders may hold, and who is awaited. */
async function lackOf(item: number): Promise<unknown> {
  const view = await readLedger(redis, item)
  const { unitsLackingMax: units, takesOffersOnly } = view as LedgerView
  return { units, takesOffersOnly, awaited: await redis.hget(ledgerKeys(item).ledger, 'awaited') }
}

const loadOne = (rebuild: LedgerRebuild) =>
  loadChunk(
    redis,
    rebuild,
    JSON.stringify([
      ['an-order', '1:1:ann'],
      ['ann', '1'],
    ]),
  )

/** A ledger that has that order. */
async function ledgerWithOne(): Promise<number> {
  const item = await aLedger()
  await redis.hset(ledgerKeys(item).orders, 'an-order', '1:1:ann')
  await redis.hset(ledgerKeys(item).buyers, 'ann', '1')
  return item
}

describe('a rebuild of a ledger of which orders are missing', () => {
  test('tells of how many units orders may be lost when no offers can come any more, and nothing when all have come', async () => {
    const item = await aLedger()
    await rebuildWith(item, loadOne)
    expect(await lackOf(item)).toEqual({ units: undefined, takesOffersOnly: true, awaited: ' one ' })
    await offersEnd(item)
    expect(await lackOf(item)).toEqual({ units: 9, takesOffersOnly: false, awaited: ' one ' })
    await noteOffered(redis, { itemId: item, birth: '1', epoch: 1 }, 'one')
    expect(await lackOf(item)).toEqual({ units: undefined, takesOffersOnly: false, awaited: null })
  })

  test('knows it when the hash is gone, when an order is added, or when the ledger had come further', async () => {
    const [gone, copy, refused] = [await aLedger(), await aLedger(), await aLedger()]
    const [rewound, older] = [await ledgerWithOne(), await ledgerWithOne()]
    await redis.del(ledgerKeys(gone).orders)
    const seen = { birth: '1', epoch: 1, sequence: 5 }
    await rebuildWith(gone, loadOne)
    await rebuildWith(copy, loadOne)
    await rebuildWith(rewound, loadOne, { claim: { seen } })
    const load = (rebuild: LedgerRebuild) =>
      loadChunk(
        redis,
        rebuild,
        JSON.stringify([
          ['an-order', '!1:1:ann'],
          ['ann', '0'],
        ]),
      )
    await rebuildWith(refused, load)
    await rebuildWith(older, loadOne, { claim: { seen: { ...seen, epoch: 2, sequence: 0 } } })
    const items = [gone, copy, rewound, older, refused]
    await Promise.all(items.map(offersEnd))
    const lacks = await Promise.all(items.map(lackOf))
    expect(lacks).toMatchObject([9, 9, 9, 9, undefined].map((units) => ({ units })))
  })

  test('knows it also when another one ended half-way, which had loaded all orders that are known', async () => {
    const [gone, copy] = [await aLedger(), await aLedger()]
    await redis.del(ledgerKeys(gone).orders)
    for (const item of [gone, copy]) {
      await asHolder(redis, item, async (owner) => {
        await loadOne(await begin(item, owner))
      })
      await rebuildWith(item, loadOne)
      await offersEnd(item)
    }
    expect(await Promise.all([gone, copy].map(lackOf))).toMatchObject([{ units: 9 }, { units: 9 }])
  })

  test('takes offers first whatever its caller thinks of the ledger', async () => {
    const [lacking, whole] = [await aLedger(), await ledgerWithOne()]
    for (const item of [lacking, whole]) await rebuildWith(item, loadOne, { mayLackWrites: false })
    expect(await lackOf(lacking)).toMatchObject({ takesOffersOnly: true })
    expect(await lackOf(whole)).toMatchObject({ takesOffersOnly: false })
  })

  test('tells nothing when none was missing, none can be lost, or the item is new', async () => {
    const [whole, afresh, full, isNew] = [
      await ledgerWithOne(),
      await ledgerWithOne(),
      await aLedger(),
      await aLedger(),
    ]
    await rebuildWith(whole, loadOne)
    const loadAfresh = async (rebuild: LedgerRebuild) => {
      await loadOne(rebuild)
      await dropHashes(redis, rebuild)
      await loadOne(rebuild)
    }
    await rebuildWith(afresh, loadAfresh)
    await rebuildWith(full, loadOne, { available: 0 })
    await redis.del(Object.values(ledgerKeys(isNew)))
    await rebuildWith(isNew, loadOne, { claim: { epoch: 0 } })
    const items = [whole, afresh, full, isNew]
    await Promise.all(items.map(offersEnd))
    expect(await Promise.all(items.map(lackOf))).toMatchObject(items.map(() => ({ units: undefined })))
  })

  test('forgets what was told, and neither another loss nor what may be offered yet', async () => {
    const item = await aLedger()
    await rebuildWith(item, loadOne)
    const forget = async (change: object = {}) => {
      const { making, unitsMax } = { making: { birth: '1', epoch: 1 }, unitsMax: 9, ...change }
      await forgetMissedOffers(redis, item, making, unitsMax)
      return redis.hget(ledgerKeys(item).ledger, 'lacking')
    }
    expect(await readMissedOffers(redis, item)).toBeUndefined()
    expect(await forget()).toBe('9')
    await offersEnd(item)
    expect(await readMissedOffers(redis, item)).toMatchObject({ unitsMax: 9, missed: ['one'], making: { epoch: 1 } })
    expect(await forget({ making: { birth: '1', epoch: 2 } })).toBe('9')
    expect(await forget({ unitsMax: 8 })).toBe('9')
    expect(await forget()).toBeNull()
  })

  test('keeps what an earlier one noted and nobody was told of, and who is awaited', async () => {
    const item = await aLedger()
    const noted = { units: 9, takesOffersOnly: false }
    await rebuildWith(item, loadOne, { awaited: ['one', 'two'] })
    await rebuildWith(item, loadOne, { awaited: ['three'] })
    await offersEnd(item)
    expect(await lackOf(item)).toEqual({ ...noted, awaited: ' one two ' })
    await rebuildWith(item, loadOne, { awaited: ['two', 'three'], available: 3 })
    await offersEnd(item)
    expect(await lackOf(item)).toEqual({ ...noted, awaited: ' one two three ' })
    await rebuildWith(item, loadOne, { awaited: [], mayLackWrites: false })
    expect(await lackOf(item)).toEqual({ ...noted, awaited: ' one two three ' })
  })
})

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
    const foreign = { owner: '', sequence: 0, endVersion: 0, ...other }
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
    itemId += 1
    await redis.hset(ledgerKeys(itemId).ledger, 'state', 'rebuilding')
    expect(await beginAs(itemId, { birth: '1', epoch: 0 })).toMatchObject({ movedTo: undefined })
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

test('a rebuild finds what the ledger knew, also of a suspended one', async () => {
  const item = await aLedger({ total: 9, totalVersion: 4, purchaseLimit: 3, state: 'paused' })
  await suspendLedger(redis, item, { birth: '1', epoch: 1 })
  await suspendLedger(redis, item, { birth: '1', epoch: 1 })
  const begun = await asHolder(redis, item, async (owner) =>
    beginRebuild(redis, item, await rebuildClaim(redis, owner, { birth: '1', epoch: 1 })),
  )
  expect(begun).toMatchObject({ found: { epoch: 1, total: 9, totalVersion: 4, purchaseLimit: 3, state: 'paused' } })
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
