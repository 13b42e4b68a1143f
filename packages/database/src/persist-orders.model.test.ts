import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { expect, test } from 'vitest'
import { persistPlainly, unitsTaken, type PlainItem } from './persist-orders.fixture.ts'
import { persistOrders, type OrderToPersist } from './persist-orders.ts'
import { insertSale } from './sales.ts'
import { withTestDatabase } from './with-test-database.fixture.ts'

const own = withTestDatabase({ poolSizeMax: 2 })

const total = 8
const purchaseLimit = 3
const epoch = 0

// Few names, buyers and units, so that batches repeat orders, contradict them, and ask for too much.
const anyBatch = array(
  record({
    name: integer({ min: 0, max: 11 }),
    buyer: constantFrom('ann', 'bob', 'cai', '李雷'),
    quantity: integer({ min: 1, max: 3 }),
    refused: constantFrom(null, null, null, 'LIMIT_REACHED' as const, 'SOLD_OUT' as const),
  }),
  { minLength: 1, maxLength: 6 },
)
type Batch = readonly { name: number; buyer: string; quantity: number; refused: OrderToPersist['refused'] | null }[]

test('random batches, with repeats, contradictions and too much asked for, end as in the plain model', async () => {
  const anyStep = record({ batch: anyBatch, isAdmitted: constantFrom(true, true, true, false) })
  const property = asyncProperty(array(anyStep, { minLength: 1, maxLength: 6 }), async (steps) => {
    const itemId = await newItem()
    const plain: PlainItem = { total, purchaseLimit, rows: new Map() }
    for (const { batch, isAdmitted } of steps) {
      const orders = ordersOf(itemId, batch)
      const outcomes = await persistOrders(own.database, itemId, { epoch: isAdmitted ? epoch : 7 }, orders)
      expect(outcomes).toEqual(persistPlainly(plain, isAdmitted, orders))
    }
    expect(await numbersStored(itemId)).toEqual(numbersOf(plain))
  })
  await assert(property, { numRuns: 120 })
})

test('the short path and the judging path come to the same', async () => {
  const property = asyncProperty(array(anyBatch, { minLength: 1, maxLength: 5 }), async (batches) => {
    const shortItem = await newItem()
    const judgedItem = await newItem()
    for (const batch of batches) {
      const unrefused = batch.map((order) => ({ ...order, refused: null }))
      const shortly = await persistOrders(own.database, shortItem, { epoch }, ordersOf(shortItem, unrefused))
      expect(await persistJudging(judgedItem, ordersOf(judgedItem, unrefused))).toEqual(shortly)
    }
    expect(await numbersStored(judgedItem)).toEqual(await numbersStored(shortItem))
  })
  await assert(property, { numRuns: 60 })
})

async function newItem(): Promise<number> {
  const window = { opensAt: new Date(0), closesAt: new Date(1) }
  const item = { sku: 'S', name: 'Item', priceCents: 1, total, purchaseLimit }
  return (await insertSale(own.database, { name: 'Sale', ...window, items: [item] })).items[0]!.id
}

function ordersOf(itemId: number, batch: Batch): OrderToPersist[] {
  return batch.map(({ name, buyer, quantity, refused }) => ({
    orderId: uuidOf(itemId, name),
    buyer,
    quantity,
    acceptedAtMs: 1_700_000_000_000 + name,
    ...(refused && { refused }),
  }))
}

function uuidOf(itemId: number, name: number): string {
  return `${hex(itemId, 8)}-0000-8000-8000-${hex(name, 12)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** A list of refusals, though of none, is what keeps a batch off the short path. */
async function persistJudging(itemId: number, orders: readonly OrderToPersist[]): Promise<string[]> {
  const [row] = await own.database.$queryRaw<[{ outcomes: string[] }]>`
    SELECT persist_orders(${itemId}::int, ${epoch}::int, NULL, ${orders.map((order) => order.orderId)}::uuid[],
      ${orders.map((order) => order.buyer)}::text[], ${orders.map((order) => order.quantity)}::int[],
      ${orders.map((order) => order.acceptedAtMs)}::float8[], ${orders.map(() => null)}::text[]) AS outcomes`
  return row.outcomes.map((outcome) => (outcome.startsWith('rejected:') ? 'LEDGER_WRONG' : outcome))
}

async function numbersStored(itemId: number): Promise<object> {
  const { persisted } = await own.database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  const quotas = await own.database.buyerQuota.findMany({ where: { itemId, units: { gt: 0 } } })
  const rows = await own.database.order.findMany({ where: { itemId } })
  return {
    persisted,
    quotas: Object.fromEntries(quotas.map(({ buyer, units }) => [buyer, units])),
    rows: Object.fromEntries(
      rows.map(({ id, buyer, quantity, reason }) => [Number.parseInt(id.slice(-12), 16), { buyer, quantity, reason }]),
    ),
  }
}

function numbersOf(plain: PlainItem): object {
  const buyers = new Set([...plain.rows.values()].filter((row) => row.reason === null).map((row) => row.buyer))
  return {
    persisted: unitsTaken(plain),
    quotas: Object.fromEntries([...buyers].map((buyer) => [buyer, unitsTaken(plain, buyer)])),
    rows: Object.fromEntries([...plain.rows].map(([id, row]) => [Number.parseInt(id.slice(-12), 16), row])),
  }
}
