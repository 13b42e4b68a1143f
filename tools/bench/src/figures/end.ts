import { connectDatabase, type Database } from '@flash-sale/database/connect'
import { endBatchSizeMax, expireDueOrders } from '@flash-sale/database/end-orders'
import { persistBatchSizeMax, persistOrders } from '@flash-sale/database/persist-orders'
import { noteUnitsBack } from '@flash-sale/database/returning-orders'
import type { Client } from 'pg'
import type { Ground } from '../ground.ts'
import { connectTo, freshDatabase, makeRows } from '../load/row-tables.ts'
import { interleave } from '../measure/interleave.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { cpuOfEach, watchCpu, type CpuMicros, type Part } from '../measure/watch-cpu.ts'
import { cpuSpreads } from './storm.ts'

type Way = 'update' | 'end'

export interface EndFigure {
  readonly rowCount: number
  readonly batchSize: number
  /** Orders ended and noted as back, against a bare UPDATE of the status of as many rows, rows a second. */
  readonly ofUpdate: Spread
  /** The same without noting that their units are back. */
  readonly endedOfUpdate: Spread
  /** CPU for each row. The client's own CPU belongs to the bench and is not counted. */
  readonly cpuMicros: Readonly<Record<Way, Partial<Record<Part, Spread>>>>
  /** Of this machine, in this run. */
  readonly rowsPerSecond: Readonly<Record<Way, Spread>>
}

interface Ended {
  readonly perSecond: number
  readonly endedPerSecond: number
  readonly cpuMicros: CpuMicros
}

/** (t) Orders that were not paid in time expire, and are noted as back, beside a bare UPDATE of as many rows of a table of the same size. */
export async function measureEnd(ground: Ground): Promise<EndFigure> {
  const { settings, say: onSlice, signal } = ground
  onSlice('making tables of the same shape')
  const tables = { update: await openTable(ground, 'update'), end: await openTable(ground, 'end') }
  try {
    const slices = await interleave(
      {
        update: () => slice(ground, tables.update, updateAll),
        end: () => slice(ground, tables.end, endAll),
      },
      { ...settings, signal, onSlice },
    )
    return figureOf(slices, settings.persistedRows)
  } finally {
    for (const { client, database } of Object.values(tables)) {
      await Promise.allSettled([client.end(), database.$disconnect()])
    }
  }
}

interface Table {
  readonly client: Client
  readonly database: Database
}

/** The longest that a batch takes on a busy machine. */
const statementTimeoutMs = 30_000

async function openTable({ databaseUrl }: Ground, name: Way): Promise<Table> {
  const url = await freshDatabase(databaseUrl, name)
  return { client: await connectTo(url), database: connectDatabase(url, { poolSizeMax: 1, statementTimeoutMs }) }
}

interface DueItem {
  readonly itemId: number
  /** Its due orders, in the order of their rows. */
  readonly orderIds: readonly string[]
}

/** An item of which all orders are due, each of another buyer. */
async function openDueItem({ client, database }: Table, orderCount: number): Promise<DueItem> {
  const { rows } = await client.query<{ itemId: number }>(
    `WITH sale AS (
       INSERT INTO sales (name, opens_at, closes_at, pay_within_seconds, currency)
       VALUES ('Bench', now(), now() + interval '1 hour', 1, 'EUR') RETURNING id
     )
     INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit, pay_within_seconds)
     SELECT id, 'end', 'Bench', 100, $1, 1, 0 FROM sale RETURNING id AS "itemId"`,
    [orderCount],
  )
  const { itemId } = rows[0]!
  const orders = makeRows(itemId, orderCount).map(({ id: orderId, buyer, acceptedAtMs }) => ({
    orderId,
    buyer,
    acceptedAtMs,
    quantity: 1,
  }))
  for (const batch of batchesOf(orders, persistBatchSizeMax)) await persistOrders(database, itemId, { epoch: 0 }, batch)
  return { itemId, orderIds: orders.map(({ orderId }) => orderId) }
}

type EndAll = (table: Table, item: DueItem, onEnded: () => void) => Promise<void>

async function slice(ground: Ground, table: Table, endAllOf: EndAll): Promise<Ended> {
  const rowCount = ground.settings.persistedRows
  const item = await openDueItem(table, rowCount)
  const used = watchCpu({ postgres: [ground.postgresPid] })
  const startedAtMs = performance.now()
  const perSecond = () => rowCount / ((performance.now() - startedAtMs) / 1_000)
  let endedPerSecond = 0
  await endAllOf(table, item, () => {
    endedPerSecond = perSecond()
  })
  const ended = { perSecond: perSecond(), endedPerSecond, cpuMicros: cpuOfEach(used(), rowCount) }
  const { rows } = await table.client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM orders WHERE item_id = $1 AND status = 'expired'`,
    [item.itemId],
  )
  if (rows[0]!.count !== rowCount) throw new Error(`${rows[0]!.count} of ${rowCount} orders were ended`)
  return ended
}

async function updateAll({ client }: Table, { orderIds }: DueItem, onEnded: () => void): Promise<void> {
  const text = `UPDATE orders SET status = 'expired', ended_at = clock_timestamp() WHERE id = ANY($1::uuid[])`
  for (const batch of batchesOf(orderIds, endBatchSizeMax)) {
    await client.query({ name: 'update', text, values: [batch] })
  }
  onEnded()
}

async function endAll({ client, database }: Table, { itemId }: DueItem, onEnded: () => void): Promise<void> {
  const batches: string[][] = []
  do batches.push(await expireDueOrders(database, itemId, endBatchSizeMax))
  while (batches.at(-1)!.length === endBatchSizeMax)
  onEnded()
  for (const batch of batches) await noteUnitsBack(database, itemId, batch)
  const { rows } = await client.query('SELECT FROM sale_items WHERE id = $1 AND persisted + returning_units = 0', [
    itemId,
  ])
  if (rows.length === 0) throw new Error(`the counters of item ${itemId} are not those of its orders`)
}

function batchesOf<Entry>(entries: readonly Entry[], size: number): Entry[][] {
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, i) => entries.slice(i * size, (i + 1) * size))
}

function figureOf({ update, end }: Record<Way, Ended[]>, rowCount: number): EndFigure {
  const bare = update.map(({ perSecond }) => perSecond)
  const perSecond = end.map((one) => one.perSecond)
  return {
    rowCount,
    batchSize: endBatchSizeMax,
    ofUpdate: ratioOf(perSecond, bare),
    endedOfUpdate: ratioOf(
      end.map((one) => one.endedPerSecond),
      bare,
    ),
    cpuMicros: { update: cpuSpreads(update), end: cpuSpreads(end) },
    rowsPerSecond: { update: spreadOf(bare), end: spreadOf(perSecond) },
  }
}
