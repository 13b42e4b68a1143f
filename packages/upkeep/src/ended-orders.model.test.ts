import { readFile } from 'node:fs/promises'
import { cancelOrders, expireDueOrders } from '@flash-sale/database/end-orders'
import { readItem } from '@flash-sale/database/items'
import { listReturningOrders, noteUnitsBack, type ReturningOrder } from '@flash-sale/database/returning-orders'
import { setSaleState } from '@flash-sale/database/sales'
import { LockError } from '@flash-sale/lock/lock-errors'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { StoreUnansweredError } from '@flash-sale/runtime/answer-within'
import { shortOrderId } from '@flash-sale/stock/order-id'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { release } from '@flash-sale/stock/release'
import type { PlaceOrder } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { installScripts } from '@flash-sale/testing/mutate-script'
import { openStores, type OpenStores } from '@flash-sale/testing/open-stores'
import { pauseBefore, type PausableStores } from '@flash-sale/testing/pausable-stores'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { applySaleState } from './apply-sale-state.ts'
import { auditItem } from './audit-item.ts'
import { changeTotal } from './change-total.ts'
import { persistWaiting } from './ended-orders.fixture.ts'
import { giveBack } from './give-back.ts'
import { HoldLostError } from './hold-item.ts'
import { rebuildItem } from './rebuild-item.ts'
import { finishRestock, restockItem } from './restock-item.ts'

/*
 * Orders are placed, persisted, paid, cancelled and expire, while processes that give units back stop at any step and go on later, and
 * ledgers are rebuilt, lost, restocked and closed, and totals are lowered and raised.
 */

const bench = withBench()

const [total, purchaseLimit] = [6, 3]
/** Of those who find the item held: the holder is paused by the test itself. */
const waitMs = 40
const giverCount = 2

const index = fc.nat(7)
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('place' as const), buyer: fc.nat(3), quantity: fc.constantFrom(1, 1, 2) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('persist' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('cancel' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancelPaid' as const), index, sellAgain: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pay' as const), index }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('becomeDue' as const), index }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('expire' as const), countMax: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('giveBackStep' as const), giver: fc.nat(giverCount - 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pauseRebuild' as const), step: fc.integer({ min: 3, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resumeRebuild' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('loseLedger' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restock' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('setTotal' as const), newTotal: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
)
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

/** A process that gives units back, between its questions. */
interface Giver {
  readonly orders: readonly ReturningOrder[]
  readonly birth: string
  readonly epoch: number
  readonly isReleased: boolean
}

interface World {
  readonly stores: OpenStores
  readonly sale: TestSale
  readonly place: PlaceOrder
  readonly orderIds: string[]
  /** The orders that a call said it ended, each as id and last status. */
  readonly ended: string[]
  readonly givers: (Giver | undefined)[]
  rebuild: { readonly pausable: PausableStores; readonly done: Promise<unknown> } | undefined
  restockCount: number
}

async function newWorld(stores: OpenStores): Promise<World> {
  const sale = await newSale(bench, { total, purchaseLimit, payWithinSeconds: 600 })
  await patiently(() => rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true }))
  const { place } = await sale.openShop({ deadlineMs: 30 })
  return { stores, sale, place, orderIds: [], ended: [], givers: [], rebuild: undefined, restockCount: 0 }
}

/** The holder that the test paused is in the way, or was overtaken; or the machine is too busy for a holder's patience. */
function unlessHeld(error: unknown): undefined {
  if (error instanceof LockError || error instanceof HoldLostError || error instanceof StoreUnansweredError)
    return undefined
  throw error
}

async function run(world: World, given: Command): Promise<void> {
  const { stores, sale, orderIds } = world
  const { redis, database } = stores
  const { itemId } = sale
  const chosen = 'index' in given ? orderIds[given.index % Math.max(1, orderIds.length)] : undefined
  switch (given.kind) {
    case 'place': {
      const wish = { buyer: `buyer ${given.buyer}`, key: `key ${sale.history.length}`, quantity: given.quantity }
      const { outcome, orderId } = await world.place(wish)
      if (outcome === 'ACCEPTED') orderIds.push(orderId!)
      return
    }
    case 'persist':
      // What it persists into a ledger that is being rebuilt is the rebuild's.
      return persistWaiting(stores, itemId)
    case 'cancel':
      return cancel(world, chosen, { from: ['confirmed'], sellAgain: true })
    case 'cancelPaid':
      return cancel(world, chosen, { from: ['paid'], sellAgain: given.sellAgain })
    case 'pay':
      // As a payment does: under the row of the item, and only if it is still confirmed.
      if (chosen)
        await database.order.updateMany({ where: { id: chosen, status: 'confirmed' }, data: { status: 'paid' } })
      return
    case 'becomeDue':
      if (chosen) await database.order.updateMany({ where: { id: chosen }, data: { dueAt: new Date(0) } })
      return
    case 'expire':
      for (const orderId of await expireDueOrders(database, itemId, given.countMax))
        world.ended.push(`${orderId} expired`)
      return
    case 'giveBackStep':
      world.givers[given.giver] = await giveBackStep(world, world.givers[given.giver])
      return
    case 'rebuild':
      await rebuildItem(stores, itemId, { waitMs, onlyIfUnsound: false }).catch(unlessHeld)
      return
    case 'pauseRebuild': {
      if (world.rebuild) return
      const pausable = pauseBefore(given.step, stores)
      const done = rebuildItem(pausable.stores, itemId, { waitMs, onlyIfUnsound: false }).catch(unlessHeld)
      await Promise.race([pausable.paused, done])
      world.rebuild = { pausable, done }
      return
    }
    case 'resumeRebuild':
      return resumeRebuild(world)
    case 'loseLedger': {
      await resumeRebuild(world)
      // Orders that are nowhere else would be lost with it.
      await persistWaiting(stores, itemId)
      const { ledger, buyers, orders } = ledgerKeys(itemId)
      await redis.del(ledger, buyers, orders)
      await rebuildItem(stores, itemId, { waitMs, onlyIfUnsound: true }).catch(unlessHeld)
      return
    }
    case 'restock':
      world.restockCount += 1
      await restockItem(stores, itemId, { key: `restock ${world.restockCount}`, units: 1 }, waitMs).catch(unlessHeld)
      return
    case 'setTotal':
      // Below what is taken it is refused.
      await changeTotal(stores, itemId, given.newTotal, waitMs).catch(unlessHeld)
      return
    default: {
      given.kind satisfies 'close'
      const { saleId } = (await readItem(database, itemId))!
      await setSaleState(database, saleId, 'closed', Date.now())
      await applySaleState(stores, itemId, waitMs).catch(unlessHeld)
    }
  }
}

async function cancel(
  { stores, sale, ended }: World,
  orderId: string | undefined,
  how: Pick<Parameters<typeof cancelOrders>[3], 'from' | 'sellAgain'>,
): Promise<void> {
  if (orderId === undefined) return
  const [outcome] = await cancelOrders(stores.database, sale.itemId, [orderId], { ...how, detail: {} })
  if (outcome?.kind === 'ENDED') ended.push(`${orderId} cancelled`)
}

/** The three questions of `giveBack`, one at a time; undefined when the process is done. */
async function giveBackStep({ stores, sale }: World, giver: Giver | undefined): Promise<Giver | undefined> {
  const { redis, database } = stores
  const { itemId } = sale
  if (!giver) {
    const orders = await listReturningOrders(database, itemId, 2)
    const { birth, epoch } = (await readItem(database, itemId))!
    return orders.length === 0 ? undefined : { orders, birth, epoch, isReleased: false }
  }
  if (giver.isReleased) {
    await noteUnitsBack(
      database,
      itemId,
      giver.orders.map(({ orderId }) => orderId),
    )
    return undefined
  }
  const claim = { owner: '', birth: giver.birth, epoch: giver.epoch }
  for (const { orderId, isWithdrawn } of giver.orders) {
    const units = isWithdrawn ? 'withdraw' : 'sell'
    const released = await release(redis, itemId, claim, [shortOrderId(orderId)], units)
    if (released.kind !== 'RELEASED') return undefined
    expect(released.outcomes).not.toContain('UNKNOWN')
  }
  return { ...giver, isReleased: true }
}

async function resumeRebuild(world: World): Promise<void> {
  world.rebuild?.pausable.resume()
  await world.rebuild?.done
  world.rebuild?.pausable.stores.locks.close()
  world.rebuild = undefined
}

/** What workers do until nothing is amiss any more. */
async function comeToRest(world: World): Promise<void> {
  const { stores, sale } = world
  await resumeRebuild(world)
  for (const giver of world.givers) for (let next = giver; next;) next = await giveBackStep(world, next)
  await persistWaiting(stores, sale.itemId)
  await patiently(() => rebuildItem(stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true }))
  for (let given; given?.kind !== 'BACK' || given.count > 0;) given = await giveBack(stores, sale.itemId)
  await patiently(() => finishRestock(stores, sale.itemId, 5_000))
}

/** As a sweep does, which comes again. */
function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  return eventually(work, { what: 'the item', timeoutMs: 60_000 })
}

async function judge({ stores, sale, ended }: World): Promise<void> {
  expect(await auditItem(stores, sale.itemId, 5_000)).toMatchObject({ returningUnits: 0, balanced: true })
  expect(await sale.violations({ unitsCameBack: true })).toEqual([])
  const rows = await stores.database.order.findMany({ where: { itemId: sale.itemId } })
  // Each store counts for itself.
  expect(await readLedger(stores.redis, sale.itemId)).toMatchObject({ endedCount: ended.length })
  expect(await readItem(stores.database, sale.itemId)).toMatchObject({ endedCount: ended.length })
  const over = rows.filter(({ status }) => status === 'cancelled' || status === 'expired')
  // Each end was told to one caller, and stands.
  expect(ended.toSorted()).toEqual(over.map(({ id, status }) => `${id} ${status}`).toSorted())
  const events = await stores.database.orderEvent.findMany({ where: { itemId: sale.itemId } })
  expect(events.map(({ orderId, status }) => `${orderId} ${status}`).toSorted()).toEqual(ended.toSorted())
}

async function live(stores: OpenStores, commands: readonly Command[]): Promise<void> {
  const world = await newWorld(stores)
  for (const given of commands) await run(world, given)
  await comeToRest(world)
  await judge(world)
}

test('in whatever order orders are placed, end, and are given back, each unit of an ended order comes back once', async () => {
  const property = fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), (commands) =>
    live(bench.stores, commands),
  )
  await fc.assert(property, { numRuns: Number(process.env['ENDED_ORDERS_RUNS'] ?? 60) })
}, 600_000)

/** One order is placed, persisted and cancelled, and two processes give it back. */
const givenBackByTwo: readonly Command[] = [
  { kind: 'place', buyer: 0, quantity: 2 },
  { kind: 'persist' },
  { kind: 'cancel', index: 0 },
  { kind: 'giveBackStep', giver: 0 },
  { kind: 'giveBackStep', giver: 1 },
  { kind: 'giveBackStep', giver: 0 },
  { kind: 'giveBackStep', giver: 1 },
]

test('mutant: a ledger that gives back twice is convicted', async () => {
  await live(bench.stores, givenBackByTwo)
  const { redis, database } = bench.testStores
  const mutant = openStores({ redisUrl: redis.url, databaseUrl: database.url })
  onTestFinished(mutant.close)
  const lua = await readFile(new URL('../../stock/src/release.lua', import.meta.url), 'utf8')
  const preamble = await readFile(new URL('../../stock/src/ledger-preamble.lua', import.meta.url), 'utf8')
  const forgetful = lua
    .replace('-- include: ledger-preamble.lua', () => preamble)
    .replace("'^(%d+)(:.*)$'", () => "'^%-?(%d+)(:.*)$'")
    .replace("id, '-' .. packed", "id, '-' .. string.gsub(packed, '^%-', '')")
    // Or the count of ends would have the ledger rebuilt.
    .replace('if ends > 0', 'if false')
  await installScripts(mutant.redis, [{ name: 'release', keyCount: 4, lua: forgetful }])
  await expect(live(mutant, givenBackByTwo)).rejects.toThrow(/balanced|OVERSOLD/)
})

/** An order expires, and then its buyer cancels it. */
const cancelledTooLate: readonly Command[] = [
  { kind: 'place', buyer: 0, quantity: 2 },
  { kind: 'place', buyer: 1, quantity: 2 },
  { kind: 'persist' },
  { kind: 'becomeDue', index: 0 },
  { kind: 'expire', countMax: 1 },
  { kind: 'cancel', index: 0 },
]

test('mutant: an end without the comparison of the status is convicted', async () => {
  await live(bench.stores, cancelledTooLate)
  await mutateFunction(bench.testStores.database.url, 'end_orders', 'another status')
  onTestFinished(() => mutateFunction(bench.testStores.database.url, 'end_orders'))
  await expect(live(bench.stores, cancelledTooLate)).rejects.toThrow()
})
