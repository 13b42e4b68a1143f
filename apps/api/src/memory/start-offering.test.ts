import { readItem } from '@flash-sale/database/items'
import { ItemView } from '@flash-sale/contract/sales'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { acceptedOrdersOf } from '@flash-sale/stock/accepted-batches'
import { joinWrites } from '@flash-sale/stock/join-writes'
import { adoptOrders } from '@flash-sale/upkeep/adopt-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { settleItem } from '@flash-sale/upkeep/settle-item'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import { startOffering, type Offering } from './start-offering.ts'

const stores = withTestStores()
const one = withApi({ stores, deadlineMs: 60_000 })
const other = withApi({ stores, deadlineMs: 60_000 })

interface Told {
  readonly level: 'warn' | 'error'
  readonly fields: unknown
}

let told: Told[]
let offerings: Offering[]
beforeEach(() => {
  told = []
  offerings = []
})
afterEach(() => {
  for (const offering of offerings) offering.close()
  // What one test left in a memory is not the next one's.
  for (const { context } of [one, other]) {
    for (const itemId of context.accepted.itemIds) context.accepted.forget(itemId, context.accepted.batchesOf(itemId))
  }
})

/** From now on this process looks after what it accepted. */
function wakeUp(api: TestApi, processName: string): void {
  const logger = {
    warn: (fields: unknown) => void told.push({ level: 'warn', fields }),
    error: (fields: unknown) => void told.push({ level: 'error', fields }),
  }
  offerings.push(
    startOffering(api.context, { logger, ring: () => undefined, processName, batchSizeMax: 256, joinedAfterMs: 300 }),
  )
}

async function sell(api: TestApi, itemId: number, buyers: readonly string[], quantity = 1): Promise<number[]> {
  const answers = await Promise.all(buyers.map((buyer) => api.order(buyer, { itemId, quantity }, `key of ${buyer}`)))
  return answers.map(({ statusCode }) => statusCode)
}

/** What a worker does whose Redis came back without the item, or came back older. */
async function rebuild(itemId: number, liveApis: readonly string[] = [], offersWithinMs = 60_000): Promise<void> {
  const options = { waitMs: 5_000, onlyIfUnsound: true, liveApis, offersWithinMs }
  expect(await rebuildItem(one.stores, itemId, options)).toMatchObject({ kind: 'REBUILT' })
}

async function giveAnotherBirth(itemId: number): Promise<void> {
  await one.stores.database.$executeRaw`UPDATE sale_items SET birth = birth + 1 WHERE id = ${itemId}`
}

async function loseLedger(itemId: number): Promise<void> {
  await one.stores.redis.del(...Object.values(ledgerKeys(itemId)))
}

/** Rows as `buyer status`, when all that waits is persisted and nothing is left to offer. */
async function rowsAtRest(itemId: number): Promise<string[]> {
  await eventually(
    async () => {
      await persistWaiting(one.stores, itemId)
      const counts = [one, other].map(({ context }) => context.accepted.batchesOf(itemId).length)
      const ledger = await readLedger(one.stores.redis, itemId)
      expect({ counts, outbox: ledger === 'NOT_LOADED' ? ledger : ledger.outboxLength }).toEqual({
        counts: [0, 0],
        outbox: 0,
      })
    },
    { what: 'everything to be committed and known to be' },
  )
  expect(await one.audit(itemId)).toMatchObject({ balanced: true })
  const rows = await one.stores.database.order.findMany({ where: { itemId }, orderBy: { buyer: 'asc' } })
  return rows.map(({ buyer, status, reason }) => [buyer, status, reason].filter(Boolean).join(' '))
}

async function events(itemId: number): Promise<unknown[]> {
  const found = await one.stores.database.auditEvent.findMany({ where: { itemId, action: 'adopt' } })
  return found.map(({ detail }) => detail)
}

describe('a ledger that Redis lost', () => {
  test('gets back what only an API process knew, before a unit of it is sold to anybody else', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann', 'bob', 'cai'])
    wakeUp(other, 'other')
    wakeUp(one, 'one')
    await loseLedger(itemId)
    await rebuild(itemId, ['one', 'other'])
    expect(await sell(other, itemId, ['dan'])).toEqual([409])
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed', 'bob confirmed', 'cai confirmed'])
    const detail = { epoch: 2, broughtBack: 3, rejected: 0, conflicts: 0 }
    expect(told).toEqual([{ level: 'warn', fields: { itemId, ...detail } }])
    expect(await events(itemId)).toEqual([detail])
  })

  test('waits only for a while for a process that does not answer; its orders that do not fit then are rejected visibly', async () => {
    const { itemId } = await one.createItem({ total: 3, purchaseLimit: 1 })
    await sell(one, itemId, ['ann', 'bob'])
    await loseLedger(itemId)
    await rebuild(itemId, ['one', 'other'], 300)
    wakeUp(other, 'other')
    expect(await sell(other, itemId, ['dan', 'eve'])).toEqual([202, 202])
    wakeUp(one, 'one')
    const rows = await rowsAtRest(itemId)
    expect(rows.filter((row) => row.endsWith('confirmed'))).toHaveLength(3)
    expect(rows.filter((row) => row.endsWith('rejected SOLD_OUT'))).toHaveLength(1)
    const detail = { epoch: 2, broughtBack: 1, rejected: 1, conflicts: 0 }
    expect(told.map(({ level }) => level)).toEqual(['warn', 'error'])
    expect(told[1]!.fields).toMatchObject({ ...detail, orderIds: [expect.any(String)] })
    expect(await events(itemId)).toEqual([detail])
  })

  test('gets back an order once that two processes told its buyer of', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await sell(other, itemId, ['ann'])
    await loseLedger(itemId)
    await rebuild(itemId, ['one', 'other'])
    wakeUp(one, 'one')
    wakeUp(other, 'other')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
  })

  test('gets back an order that was told again by a process after its acceptor died', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await sell(other, itemId, ['ann'])
    one.context.accepted.forget(itemId, one.context.accepted.batchesOf(itemId))
    await loseLedger(itemId)
    await rebuild(itemId, ['other'])
    wakeUp(other, 'other')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
  })

  test('knows an order already whose commit was not acknowledged: it stays one row, and nobody is told', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await persistWaiting(one.stores, itemId, { acknowledged: false })
    await loseLedger(itemId)
    await rebuild(itemId, ['one'])
    wakeUp(one, 'one')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
    expect(told).toEqual([])
  })

  test('and lost again before what was brought back is committed, gets it back again', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    wakeUp(one, 'one')
    for (const epoch of [2, 3]) {
      await loseLedger(itemId)
      await rebuild(itemId, ['one'])
      const isBack = () => one.context.accepted.batchesOf(itemId).every((batch) => batch.epoch === epoch)
      await eventually(isBack, { what: `the offer at epoch ${epoch}` })
    }
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
  })

  test('takes a key that its buyer sent again meanwhile for the same order', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await loseLedger(itemId)
    await rebuild(itemId)
    expect(await sell(other, itemId, ['ann'])).toEqual([202])
    wakeUp(one, 'one')
    wakeUp(other, 'other')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
  })

  test('cannot get back an order whose key stands for another quantity by now, and this is told', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await loseLedger(itemId)
    await rebuild(itemId)
    expect(await sell(other, itemId, ['ann'], 2)).toEqual([202])
    wakeUp(one, 'one')
    wakeUp(other, 'other')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
    expect(told).toMatchObject([{ level: 'error', fields: { conflicts: 1, broughtBack: 0 } }])
  })

  test('gets back an order after its sale was settled without it', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await loseLedger(itemId)
    await endSaleOf(stores.database.url, itemId)
    await rebuild(itemId)
    expect(await settleItem(one.stores, itemId, 5_000)).toBe(true)
    wakeUp(one, 'one')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
  })
})

describe('a ledger that was made anew though nothing was lost', () => {
  test('knows all that it is offered', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann', 'bob'])
    await one.operate(`/v1/ops/items/${itemId}/rebuild`)
    wakeUp(one, 'one')
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed', 'bob confirmed'])
    expect(told).toEqual([])
  })

  test('and sells at once when an operator asked for it and it was sound', async () => {
    const item = await one.createItem({ total: 3 })
    await one.operate(`/v1/ops/items/${item.itemId}/rebuild`)
    expect(await one.stores.redis.hexists(ledgerKeys(item.itemId).ledger, 'offersUntil')).toBe(0)
    expect(item).toMatchObject({ itemId: expect.any(Number) } satisfies Partial<ItemView>)
  })
})

test('an order offered while its outbox entry still waits, of an older epoch too, is one row', async () => {
  const { itemId } = await one.createItem({ total: 3 })
  const { outbox } = ledgerKeys(itemId)
  await sell(one, itemId, ['ann'])
  const entry = await one.stores.redis.dumpBuffer(outbox)
  const batches = one.context.accepted.batchesOf(itemId)
  const { birth } = batches[0]!
  expect(await adoptOrders(one.stores, itemId, birth, batches.flatMap(acceptedOrdersOf))).toMatchObject([
    { judged: { verdicts: ['REPLAYED'] } },
  ])
  await loseLedger(itemId)
  await rebuild(itemId)
  await one.stores.redis.restore(outbox, 0, entry, 'REPLACE')
  wakeUp(one, 'one')
  expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
})

test('an old copy of the keys, with which others have sold since, is found out and gets back what it lacks', async () => {
  const { itemId } = await one.createItem({ total: 3 })
  const keys = Object.values(ledgerKeys(itemId))
  const copies = await Promise.all(keys.map(async (key) => [key, await one.stores.redis.dumpBuffer(key)] as const))
  await sell(one, itemId, ['ann'])
  for (const [key, copy] of copies) {
    await (copy ? one.stores.redis.restore(key, 0, copy, 'REPLACE') : one.stores.redis.del(key))
  }
  expect(await sell(other, itemId, ['bob'])).toEqual([202])
  wakeUp(one, 'one')
  wakeUp(other, 'other')
  const isSuspended = async () => (await readLedger(one.stores.redis, itemId)) === 'NOT_LOADED'
  await eventually(isSuspended, { what: 'the ledger to be suspended' })
  await rebuild(itemId, ['one', 'other'])
  expect(await rowsAtRest(itemId)).toEqual(['ann confirmed', 'bob confirmed'])
})

describe('when another item has the number by now', () => {
  test('its ledger is offered none of the orders, sells, and the orders are told of as a possible loss', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    const { birth } = (await readItem(one.stores.database, itemId))!
    await sell(one, itemId, ['ann', 'bob'])
    await giveAnotherBirth(itemId)
    await rebuild(itemId, ['one'])
    wakeUp(one, 'one')
    await eventually(async () => (await sell(other, itemId, ['cai']))[0] === 202, { what: 'the ledger to sell' })
    other.context.accepted.forget(itemId, other.context.accepted.batchesOf(itemId))
    expect(await rowsAtRest(itemId)).toEqual(['cai confirmed'])
    const detail = { lostBirth: birth, ordersMax: 2 }
    expect(told).toEqual([
      { level: 'error', fields: { itemId, ...detail, orderIds: [expect.any(String), expect.any(String)] } },
    ])
    const trail = () => one.stores.database.auditEvent.findMany({ where: { itemId, action: 'loss' } })
    await eventually(async () => expect(await trail()).toMatchObject([{ actor: 'api', detail }]), { what: 'the trail' })
  })

  test('the orders that it accepted itself are offered, and only those', async () => {
    const { itemId } = await one.createItem({ total: 3 })
    await sell(one, itemId, ['ann'])
    await giveAnotherBirth(itemId)
    await rebuild(itemId)
    expect(await sell(one, itemId, ['bob'])).toEqual([202])
    await loseLedger(itemId)
    await rebuild(itemId, ['one'])
    wakeUp(one, 'one')
    expect(await rowsAtRest(itemId)).toEqual(['bob confirmed'])
    expect(told).toMatchObject([
      { level: 'error', fields: { ordersMax: 1 } },
      { level: 'warn', fields: { broughtBack: 1 } },
    ])
  })
})

test('nothing is offered, and no ledger is suspended, in a Redis that does not belong to the database', async () => {
  const { itemId } = await one.createItem({ total: 3 })
  await sell(one, itemId, ['ann'])
  const keys = ledgerKeys(itemId)
  const belonging = vi.spyOn(one.context.watch, 'belonging').mockReturnValue('FOREIGN')
  await one.stores.redis.hdel(keys.orders, ...one.context.accepted.batchesOf(itemId).flatMap(orderIdsOf))
  wakeUp(one, 'one')
  const asked = () => belonging.mock.calls.length > 5
  await eventually(asked, { what: 'the process to ask whether the stores belong together' })
  expect(await readLedger(one.stores.redis, itemId)).toMatchObject({ state: 'live' })
  belonging.mockRestore()
  const isSuspended = async () => (await readLedger(one.stores.redis, itemId)) === 'NOT_LOADED'
  await eventually(isSuspended, { what: 'the ledger that lacks an order to be suspended' })
  await rebuild(itemId, ['one'])
  expect(await rowsAtRest(itemId)).toEqual(['ann confirmed'])
})

function orderIdsOf(batch: Parameters<typeof acceptedOrdersOf>[0]): string[] {
  return acceptedOrdersOf(batch).map(({ orderId }) => orderId)
}

describe('orders of a process that died', () => {
  test('are told of, with a bound, when another process has seen their ledger take them and Redis lost it', async () => {
    const { itemId } = await one.createItem({ total: 10 })
    await sell(one, itemId, ['ann'])
    for (const buyer of ['bob', 'cai']) await sell(other, itemId, [buyer])
    await sell(one, itemId, ['dan'])
    other.context.accepted.forget(itemId, other.context.accepted.batchesOf(itemId))
    wakeUp(one, 'one')
    await loseLedger(itemId)
    await rebuild(itemId, ['one'])
    expect(await rowsAtRest(itemId)).toEqual(['ann confirmed', 'dan confirmed'])
    const detail = { lostEpoch: 1, epoch: 2, batchesMax: 2, ordersMax: 2 * 256 }
    const where = { itemId, action: 'loss' }
    const trail = () => one.stores.database.auditEvent.findMany({ where })
    await eventually(async () => expect(await trail()).toMatchObject([{ actor: 'api', detail }]), { what: 'the trail' })
    expect(told).toContainEqual({ level: 'error', fields: { itemId, ...detail } })
  })

  test('are not told of while every process that took orders is there, nor when they are committed', async () => {
    const { itemId } = await one.createItem({ total: 10 })
    await sell(one, itemId, ['ann'])
    for (const buyer of ['bob', 'cai']) await sell(other, itemId, [buyer])
    await persistWaiting(one.stores, itemId)
    wakeUp(one, 'one')
    wakeUp(other, 'other')
    await eventually(() => one.context.accepted.itemIds.length === 0, { what: 'the commit to be known' })
    for (const buyer of ['dan', 'eve']) await sell(one, itemId, [buyer])
    await sell(other, itemId, ['fay'])
    await loseLedger(itemId)
    await rebuild(itemId, ['one', 'other'])
    expect(await rowsAtRest(itemId)).toHaveLength(6)
    const { birth } = (await readItem(one.stores.database, itemId))!
    const ofNobody = { birth, epoch: 1, committedTo: 0, seenTo: 0, own: [] }
    const key = `{item:${itemId}}:joined:${birth}.1:2`
    await eventually(() => one.stores.redis.exists(key), { what: 'the processes to join what they know' })
    await eventually(async () => (await joinWrites(one.stores.redis, itemId, 2, ofNobody)) === 0, { what: 'no loss' })
  })
})
