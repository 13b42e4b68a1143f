import { connectDatabase, type Database } from '@flash-sale/database/connect'
import { migrate } from '@flash-sale/database/migrate'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** An order as a row of the table. */
export interface OrderRow {
  readonly id: string
  readonly itemId: number
  readonly buyer: string
  readonly acceptedAtMs: number
}

/** A way to store rows, in an `orders` table of its own with the same columns, checks and indexes. */
export interface RowTable {
  readonly insert: (rows: readonly OrderRow[]) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** The rows that a worker would write for orders of an item, each of another buyer. */
export function makeRows(itemId: number, count: number): OrderRow[] {
  const acceptedAtMs = Date.now()
  return Array.from({ length: count }, (_, i) => {
    const buyer = `filler-${i}`
    return { id: deriveOrderId(itemId, buyer, undefined).uuid, itemId, buyer, acceptedAtMs }
  })
}

const unnestSql = `INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at)
  SELECT id, $5::int, buyer, quantity, 'confirmed', to_timestamp(accepted_ms / 1000), clock_timestamp()
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::float8[]) AS b(id, buyer, quantity, accepted_ms)`

/** One INSERT of columns a batch: the quickest way to write rows with plain SQL. */
export async function openUnnestTable(databaseUrl: string): Promise<RowTable> {
  const client = await connectTo(await freshDatabase(databaseUrl, 'unnest'))
  return {
    insert: (rows) =>
      client.query({
        name: 'unnest',
        text: unnestSql,
        values: [
          rows.map((row) => row.id),
          rows.map((row) => row.buyer),
          rows.map(() => 1),
          rows.map((row) => row.acceptedAtMs),
          rows[0]!.itemId,
        ],
      }),
    close: () => client.end(),
  }
}

const copySql = 'COPY orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at) FROM STDIN'

/** One COPY a batch: the quickest way to write rows at all. */
export async function openCopyTable(databaseUrl: string): Promise<RowTable> {
  const client = await connectTo(await freshDatabase(databaseUrl, 'copy'))
  return {
    insert: (rows) => {
      const now = new Date().toISOString()
      const lines = rows.map(({ id, itemId, buyer, acceptedAtMs }) =>
        [id, itemId, buyer, 1, 'confirmed', new Date(acceptedAtMs).toISOString(), now].join('\t'),
      )
      const stream = client.query(copyFrom(copySql))
      return new Promise<void>((resolve, reject) => {
        stream.once('error', reject)
        stream.once('finish', resolve)
        stream.end(`${lines.join('\n')}\n`)
      })
    },
    close: () => client.end(),
  }
}

/** What Prisma offers for many rows. */
export async function openCreateManyTable(databaseUrl: string): Promise<RowTable> {
  const url = await freshDatabase(databaseUrl, 'create_many')
  const database: Database = connectDatabase(url, { poolSizeMax: 1, statementTimeoutMs })
  return {
    insert: (rows) => {
      const confirmedAt = new Date()
      const data = rows.map(({ acceptedAtMs, ...row }) => ({
        ...row,
        quantity: 1,
        status: 'confirmed' as const,
        acceptedAt: new Date(acceptedAtMs),
        confirmedAt,
      }))
      return database.order.createMany({ data })
    },
    close: () => database.$disconnect(),
  }
}

const statementTimeoutMs = 30_000

/** A connection that outlives its Postgres in silence. */
export async function connectTo(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  // Postgres stops before this does when a run is broken off.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A migrated database beside the service's, so that each way has a table as large as the worker's. */
export async function freshDatabase(databaseUrl: string, name: string): Promise<string> {
  const url = new URL(databaseUrl)
  url.pathname = `${url.pathname}_${name}`
  await migrate(url.href)
  return url.href
}
