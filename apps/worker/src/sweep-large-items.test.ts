import type { Locks } from '@flash-sale/lock/locks'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { newSale, setUpBench, type Bench } from '@flash-sale/testing/test-sale'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createSweep } from './sweep.ts'

let bench: Bench
beforeEach(async () => {
  bench = await setUpBench()
})
afterEach(() => bench.close())

/** More than a sweep has in hand at a time. */
const smallCount = 10

/** Makes so many items that have no ledger yet. Resolves with their ids. */
function newItems(count: number, total: number): Promise<number[]> {
  const make = async () => (await newSale(bench, { total, purchaseLimit: 1 })).itemId
  return Promise.all(Array.from({ length: count }, make))
}

async function newLargeItems(count: number): Promise<number[]> {
  const itemIds = await newItems(count, 50_000)
  await bench.stores.database.$executeRaw`
    UPDATE sale_items SET persisted = 20000 WHERE id = ANY(${itemIds}::int[])`
  return itemIds
}

/** A sweep that looks once. Each item that it takes in hand stays there until it is let go. Nothing is mended. */
function lookAndHold() {
  const taken = new Set<number>()
  const held = new Map<number, () => void>()
  const using: Locks['using'] = (name) =>
    new Promise((_, reject) => {
      const itemId = Number(name.split(':')[1])
      taken.add(itemId)
      held.set(itemId, () => reject(new Error('only the order counts')))
    })
  const stop = new AbortController()
  const stores = { ...bench.stores, locks: { ...bench.stores.locks, using } }
  const context = { stores, logger: silentLogger, signal: stop.signal, drain: async () => undefined, outboxAgeMaxMs: 0 }
  const looking = createSweep(context, 'current').look()
  onTestFinished(async () => {
    stop.abort()
    for (const letGo of held.values()) letGo()
    await looking
  })
  return {
    countTaken: (itemIds: readonly number[]) => itemIds.filter((itemId) => taken.has(itemId)).length,
    letOneGo: (itemIds: readonly number[]) => {
      const itemId = itemIds.find((id) => held.has(id))!
      held.get(itemId)!()
      held.delete(itemId)
    },
  }
}

test('a large item on sale does not wait for hands that small ones need', async () => {
  const small = await newItems(smallCount, 10)
  const large = await newLargeItems(1)
  const { countTaken } = lookAndHold()
  await eventually(() => countTaken(small) === 8, { what: 'as many small items in hand as may be' })
  await eventually(() => countTaken(large) === 1, { what: 'the large item in hand' })
})

test('a hand for large items that gets free takes the next one, though small ones of the same look wait', async () => {
  const small = await newItems(smallCount, 10)
  const large = await newLargeItems(3)
  const { countTaken, letOneGo } = lookAndHold()
  await eventually(() => countTaken(small) === 8 && countTaken(large) === 2, { what: 'all hands to be taken' })
  letOneGo(large)
  letOneGo(small)
  await eventually(() => countTaken(small) === 9 && countTaken(large) === 3, { what: 'the third large item in hand' })
})

test('a large item whose sale is over waits until no small one on sale does', async () => {
  const small = await newItems(smallCount, 10)
  const large = await newLargeItems(1)
  await endSaleOf(bench.testStores.database.url, large[0]!)
  const { countTaken, letOneGo } = lookAndHold()
  for (let count = 8; count < smallCount; count += 1) {
    await eventually(() => countTaken(small) === count, { what: `${count} small items in hand` })
    expect(countTaken(large)).toBe(0)
    letOneGo(small)
  }
  await eventually(() => countTaken(large) === 1, { what: 'the large item in hand' })
})
