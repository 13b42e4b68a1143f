import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setLedgerState, setLedgerTotal, settleLedger, type StoredState } from './change-ledger.ts'
import { ledgerKeys } from './ledger-keys.ts'
import { LedgerModel } from './ledger-model.fixture.ts'
import { asHolder, makeLedger } from './ledger.fixture.ts'
import { readOutbox } from './outbox.ts'
import { unpackOrder } from './packed-order.ts'
import { readLedger } from './read-ledger.ts'
import { release, type ReleasedUnits } from './release.ts'
import { adopt, reserve, type OrderToReserve } from './reserve.ts'

let redis: Redis
let close: () => Promise<void>
let lastItemId = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

// Few ids and few buyers, so that replays, conflicts, limits and one buyer twice in a batch come up all the time.
const order = fc
  .record({ n: fc.nat(11), quantity: fc.constantFrom(1, 1, 1, 2, 3) })
  .map(({ n, quantity }): OrderToReserve => ({ orderId: `order-${n}`, buyer: `buyer ${n % 4} é`, quantity }))
const batch = fc.array(order, { minLength: 1, maxLength: 8 })

// Some without a key, of which an earlier order of the same buyer may be the first sending: within the window, or too old.
const keyless = fc.record({
  firstIds: fc.array(
    fc.nat(11).map((n) => `order-${n}`),
    { minLength: 3, maxLength: 3 },
  ),
  windowMs: fc.constantFrom(3_600_000, -3_600_000),
})
const sellBatch = fc.array(
  fc.tuple(order, fc.option(keyless)).map(([given, window]): OrderToReserve => {
    return window ? { ...given, keyless: { ...window, arrivedAtMs: Date.now() } } : given
  }),
  { minLength: 1, maxLength: 8 },
)

const command = fc.oneof(
  { weight: 6, arbitrary: sellBatch.map((orders) => ({ kind: 'reserve' as const, orders })) },
  { weight: 1, arbitrary: batch.map((orders) => ({ kind: 'adopt' as const, orders })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ orders: batch, units: fc.constantFrom<ReleasedUnits>('sell', 'sell', 'withdraw') })
      .map((given) => ({ kind: 'release' as const, ...given })),
  },
  { weight: 1, arbitrary: fc.nat(12).map((total) => ({ kind: 'restock' as const, total })) },
  { weight: 1, arbitrary: fc.nat(12).map((available) => ({ kind: 'settle' as const, available })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<StoredState>('live', 'live', 'paused', 'closed')
      .map((state) => ({ kind: 'state' as const, state })),
  },
)

const longAgoMs = 1_700_000_000_123

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

async function run(itemId: number, model: LedgerModel, given: Command): Promise<void> {
  const claim = { owner: '', birth: '1', epoch: 1, sequence: 0 }
  switch (given.kind) {
    case 'reserve': {
      const outcome = await reserve(redis, itemId, claim, given.orders)
      const judged = given.orders.map((each, i) => ({
        i,
        firstId: model.firstIdOf(each),
        verdict: model.reserve(each),
      }))
      expect(outcome).toMatchObject({ kind: 'JUDGED', verdicts: judged.map(({ verdict }) => verdict) })
      const firstIds = judged.flatMap(({ i, firstId }) => (firstId === undefined ? [] : [[i, firstId] as const]))
      expect('firstIds' in outcome ? [...(outcome.firstIds ?? [])] : []).toEqual(firstIds)
      return
    }
    case 'adopt': {
      const orders = given.orders.map((each) => ({ ...each, acceptedAtMs: longAgoMs }))
      const outcome = await adopt(redis, itemId, claim, orders)
      if (model.state === 'settled') return expect(outcome).toEqual({ kind: 'NOT_LOADED' })
      expect(outcome).toMatchObject({ kind: 'JUDGED', verdicts: given.orders.map((each) => model.adopt(each)) })
      return
    }
    case 'release': {
      const ids = given.orders.map((each) => each.orderId)
      const outcome = await release(redis, itemId, claim, ids, given.units)
      expect(outcome).toEqual({ kind: 'RELEASED', outcomes: ids.map((id) => model.release(id, given.units)) })
      return
    }
    case 'restock':
      await asHolder(redis, itemId, async (owner) => {
        const change = await setLedgerTotal(
          redis,
          { itemId, owner, birth: '1', epoch: 1 },
          { total: given.total, totalVersion: 1 },
        )
        expect(change).toBe(model.setTotal(given.total))
      })
      return
    case 'settle':
      await asHolder(redis, itemId, async (owner) => {
        const units = { total: model.total, available: given.available }
        expect(await settleLedger(redis, { itemId, owner, birth: '1', epoch: 1 }, units)).toBe(
          model.settle(given.available),
        )
      })
      return
    case 'state':
      await asHolder(redis, itemId, async (owner) => {
        const change = await setLedgerState(redis, { itemId, owner, birth: '1', epoch: 1 }, given.state)
        expect(change).toBe(model.setState(given.state))
      })
  }
}

/** Everything that the ledger stores, against everything that the model knows. */
async function compare(itemId: number, model: LedgerModel): Promise<void> {
  const keys = ledgerKeys(itemId)
  const { total, available, state } = model
  expect(await readLedger(redis, itemId)).toMatchObject({ total, available, state })
  expect(available).toBeGreaterThanOrEqual(0)

  const stored = await redis.hgetall(keys.orders)
  delete stored['\0']
  const remembered = Object.entries(stored).map(([orderId, packed]) => {
    const { buyer, quantity, standing, acceptedAtMs } = unpackOrder(packed)
    return [orderId, { buyer, quantity, standing, isOld: acceptedAtMs === longAgoMs }] as const
  })
  expect(new Map(remembered)).toEqual(model.orders)

  const held = await redis.hgetall(keys.buyers)
  delete held['\0']
  const buyers = new Set(
    [...model.orders.values()].map(({ buyer }) => buyer).filter((buyer) => model.heldBy(buyer) > 0),
  )
  expect(held).toEqual(Object.fromEntries([...buyers].map((buyer) => [buyer, String(model.heldBy(buyer))])))

  const entries = await readOutbox(redis, itemId, 1000)
  const announced = entries.flatMap((entry) => entry.orders)
  expect(announced.map(({ orderId, refused }) => ({ orderId, refused: refused !== undefined }))).toEqual(
    model.announced,
  )
}

test('the ledger scripts do what a plain model does, over thousands of random command sequences', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(10),
      fc.integer({ min: 1, max: 4 }),
      fc.array(command, { maxLength: 20 }),
      async (total, limit, commands) => {
        lastItemId += 1
        const itemId = lastItemId
        const model = new LedgerModel(total, limit)
        await makeLedger(redis, itemId, { total, purchaseLimit: limit })
        for (const given of commands) await run(itemId, model, given)
        await compare(itemId, model)
      },
    ),
    { numRuns: 2_000 },
  )
}, 300_000)
