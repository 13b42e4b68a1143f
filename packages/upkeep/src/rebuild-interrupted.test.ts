import { joinedAgain } from './joined-again.fixture.ts'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { assert, asyncProperty, integer } from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { rebuildItem } from './rebuild-item.ts'

let bench: Bench

beforeAll(async () => {
  bench = await setUpBench()
})

afterAll(() => bench.close())

const total = 20
// Two parts, which are under way at a time.
const ordersPerPart = 8
const anyway = { waitMs: 10_000, onlyIfUnsound: false, ordersPerPart }
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true, ordersPerPart }

/** A sale with orders in Postgres, orders in the outbox, and orders that only the ledger remembers: 6, 3 and 2 units. */
async function saleInFlight(): Promise<TestSale> {
  const sale = await newSale(bench, { total, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  const { place } = await sale.openShop()
  await storm([place], 6, { prefix: 'persisted' })
  await rebuildItem(bench.stores, sale.itemId, anyway)
  await storm([place], 2, { prefix: 'remembered' })
  await bench.stores.redis.del(ledgerKeys(sale.itemId).outbox)
  await storm([place], 3, { prefix: 'waiting' })
  return sale
}

/** The lease of a holder that is gone runs out; here at once instead of after seconds. */
async function leaseRunsOut({ itemId }: TestSale): Promise<void> {
  await bench.stores.redis.del(ledgerKeys(itemId).lock)
}

/** Rebuilds until right before the `step`-th question to a store. */
async function rebuildUntil(step: number, sale: TestSale) {
  const holder = pauseBefore(step, bench.stores)
  const outcome = rebuildItem(holder.stores, sale.itemId, anyway).then(
    ({ kind }) => kind as string,
    (error: Error) => error.name,
  )
  await Promise.race([holder.paused, outcome])
  return { holder, outcome }
}

/**
 * What a buyer is told who waits for no longer than an answer takes: on a slow machine that is longer than on another. BUSY is also
 * what an order is told that came to its deadline before it was sent, so it is believed of a long one only.
 */
async function askOnce(sale: TestSale): Promise<string> {
  for (let deadlineMs = 100; ; deadlineMs *= 3) {
    const { place } = await sale.openShop({ deadlineMs })
    const { outcome } = await place({ buyer: 'impatient', key: `key-${sale.history.length}`, quantity: total })
    if (outcome !== 'OUTCOME_UNKNOWN' && (outcome !== 'BUSY' || deadlineMs > 500)) return outcome
  }
}

/** Sells the rest to more buyers than there are units, and checks everything. */
async function expectToSellOutExactly(sale: TestSale): Promise<void> {
  await storm([(await sale.openShop()).place], total, { prefix: `last-${sale.history.length}` })
  await rebuildItem(bench.stores, sale.itemId, anyway)
  const acceptedCount = sale.history.filter(({ outcome }) => outcome === 'ACCEPTED').length
  expect(acceptedCount).toBe(total)
  expect(await sale.violations()).toEqual([])
}

/** The questions of an undisturbed rebuild, of which the fourth is rebuild-begin and the last gives the lease up. */
const stepOfBeginning = 4
let stepCount: number
/** Some thirty steps, with two rebuilds and a storm each. */
const patient = { timeout: 120_000 }

beforeAll(async () => {
  const counted = pauseBefore(Infinity, bench.stores)
  await rebuildItem(counted.stores, (await saleInFlight()).itemId, anyway)
  stepCount = counted.askedCount()
  expect(stepCount).toBeGreaterThan(25)
})

test('a rebuild killed before any of its steps refuses with 503 and is finished by the next', patient, async () => {
  for (let step = 1; step <= stepCount; step += 1) {
    const sale = await saleInFlight()
    await rebuildUntil(step, sale)
    // More units than one buyer may have: a ledger that sells again says LIMIT_REACHED.
    const told = [await askOnce(sale)]
    await leaseRunsOut(sale)
    told.push(await askOnce(sale))
    const isSuspended = step > stepOfBeginning && step < stepCount
    const sold = step === 1 ? ['LIMIT_REACHED', 'LIMIT_REACHED'] : ['BUSY', 'LIMIT_REACHED']
    expect({ step, told }).toEqual({ step, told: isSuspended ? ['UNAVAILABLE', 'UNAVAILABLE'] : sold })
    const { kind } = await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    expect({ step, kind }).toEqual({ step, kind: isSuspended ? 'REBUILT' : 'SOUND_ALREADY' })
    await expectToSellOutExactly(sale)
  }
})

test(
  'a holder that was paused at any step, past its lease, can do nothing after another took over',
  patient,
  async () => {
    for (let step = 2; step <= stepCount; step += 1) {
      const sale = await saleInFlight()
      const { holder, outcome } = await rebuildUntil(step, sale)
      await leaseRunsOut(sale)
      await rebuildItem(bench.stores, sale.itemId, anyway)
      await storm([(await sale.openShop()).place], 5, { prefix: 'between' })
      const before = await bench.stores.redis.hgetall(ledgerKeys(sale.itemId).ledger)
      holder.resume()
      expect({ step, outcome: await outcome }).not.toEqual({ step, outcome: 'REBUILT' })
      expect(await bench.stores.redis.hgetall(ledgerKeys(sale.itemId).ledger)).toEqual(before)
      await expectToSellOutExactly(sale)
    }
  },
)

test('two rebuilds that lose their leases to each other in any order leave the item exact', patient, async () => {
  const anyStep = integer({ min: 2, max: stepCount - 1 })
  const property = asyncProperty(anyStep, anyStep, async (firstStop, secondStop) => {
    const sale = await saleInFlight()
    const first = await rebuildUntil(firstStop, sale)
    await leaseRunsOut(sale)
    const second = await rebuildUntil(secondStop, sale)
    for (const { holder, outcome } of [first, second]) {
      holder.resume()
      await outcome
    }
    await leaseRunsOut(sale)
    await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    await expectToSellOutExactly(sale)
  })
  await assert(property, { numRuns: 25 })
})

test(
  'a Redis that restarts before any step of a rebuild refuses its commit, and the next rebuild is exact',
  patient,
  async () => {
    for (let step = stepOfBeginning; step < stepCount; step += 4) {
      const sale = await saleInFlight()
      const { holder, outcome } = await rebuildUntil(step, sale)
      const { redis } = bench.testStores
      redis.kill('SIGKILL')
      await redis.exited
      const back = await startTestRedis({ port: redis.port, dataDir: redis.dataDir })
      onTestFinished(back.stop)
      bench = { ...bench, testStores: { ...bench.testStores, redis: back } }
      await joinedAgain(bench.stores)
      holder.resume()
      expect({ step, outcome: await outcome }).toEqual({
        step,
        outcome: step === stepOfBeginning ? 'REBUILT' : 'Error',
      })
      await rebuildItem(bench.stores, sale.itemId, ifUnsound)
      await expectToSellOutExactly(sale)
    }
  },
)
