import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder, makeLedger } from '../ledger.fixture.ts'
import { forgetMissedOffers, noteOffered, readMissedOffers } from '../offers-first.ts'
import { chunkOf, shortIdOf } from '../orders-chunk.fixture.ts'
import { readLedger, type LedgerView } from '../read-ledger.ts'
import { commitRebuild, dropHashes, loadChunk, type LedgerRebuild, type RebuildClaim } from '../rebuild-ledger.ts'
import { aLedger, begin, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const toldLossesTests = tests

interface RebuildFor {
  readonly awaited?: readonly string[]
  readonly mayLackWrites?: boolean
  readonly available?: number
  readonly buyerCount?: number
  readonly claim?: Partial<RebuildClaim>
}

/** Rebuilds a ledger, with one order that Postgres has; `load` brings the rows. */
async function rebuildWith(item: number, load: (rebuild: LedgerRebuild) => Promise<unknown>, options: RebuildFor = {}) {
  const { awaited = ['one'], mayLackWrites = true, available = 9, buyerCount = 1 } = options
  const head = await makeLedger(redis, await aLedger())
  await asHolder(redis, item, async (owner) => {
    const rebuild = await begin(item, owner, options.claim)
    await load(rebuild)
    const offersFirst = { withinMs: 60_000, awaited, mayLackWrites }
    const opened = { ...head, orderCount: 1, buyerCount, available, offersFirst }
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

const loadOne = (rebuild: LedgerRebuild) => loadChunk(redis, rebuild, chunkOf({ 'an-order': '1:1:ann' }))

/** The order was refused, and takes no units. */
const loadRefused = (rebuild: LedgerRebuild) => loadChunk(redis, rebuild, chunkOf({ 'an-order': '!1:1:ann' }))

/** A ledger that has that order. */
async function ledgerWithOne(): Promise<number> {
  const item = await aLedger()
  await redis.hset(ledgerKeys(item).orders, shortIdOf('an-order'), '1:1:ann')
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
    await rebuildWith(refused, loadRefused, { buyerCount: 0 })
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
