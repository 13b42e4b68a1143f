import type { Database, Statements } from './connect.ts'
import { storable } from './storable.ts'

/** An outbox entry that is none of ours. `fields` are its names and values. */
export interface EntryToQuarantine {
  readonly id: string
  readonly fields: readonly Buffer[]
  readonly fault: string
}

/** No condition of Postgres': the entry cannot be read. */
const unreadable = 'ENTRY'
/** Somebody's mistake may be as large as Redis allows. */
const payloadBytesMax = 1024 * 1024

/** Keeps an outbox entry for an operator as it came, each field as base64. Keeping it twice does it once. */
export async function quarantineEntry(database: Database, itemId: number, entry: EntryToQuarantine): Promise<void> {
  let bytesLeft = payloadBytesMax
  const kept = entry.fields.map((field) => {
    const bytes = field.subarray(0, bytesLeft)
    bytesLeft -= bytes.length
    return bytes.toString('base64')
  })
  await database.$executeRaw`
    INSERT INTO quarantine (item_id, order_id, kind, payload, sql_state, message)
    VALUES (${itemId}, ${entry.id}, 'entry', ${JSON.stringify(kept)}::jsonb, ${unreadable}, ${storable(entry.fault, 500)})
    ON CONFLICT (item_id, order_id) DO NOTHING`
}

/** Something that waits in quarantine. `payload`: of an order, base64 of its JSON; of an entry, base64 of each field. */
export interface QuarantinedRow {
  readonly id: bigint
  readonly itemId: number
  readonly name: string
  readonly kind: 'order' | 'entry'
  readonly payload: string | readonly string[]
  readonly why: string
  readonly createdAt: Date
}

/** What waits in quarantine, the newest first, before `beforeId` if it is given, at most `limit`. */
export async function listQuarantined(
  database: Database,
  beforeId: bigint | undefined,
  limit: number,
): Promise<QuarantinedRow[]> {
  const rows = await database.quarantine.findMany({
    where: { resolution: null, ...(beforeId !== undefined && { id: { lt: beforeId } }) },
    orderBy: { id: 'desc' },
    take: limit,
  })
  return rows.map(toRow)
}

/** What waits in quarantine under an id; null when nothing does, any more. */
export async function readQuarantined(database: Database, id: number): Promise<QuarantinedRow | null> {
  const row = await database.quarantine.findFirst({ where: { id, resolution: null } })
  return row && toRow(row)
}

/** Notes what an operator did; false when somebody had done so before. */
export async function resolveQuarantined(
  statements: Statements,
  id: number,
  resolution: 'replayed' | 'discarded',
): Promise<boolean> {
  const data = { resolution, resolvedAt: new Date() }
  const { count } = await statements.quarantine.updateMany({ where: { id, resolution: null }, data })
  return count === 1
}

function toRow(row: {
  id: bigint
  itemId: number
  orderId: string
  kind: string
  payload: unknown
  message: string
  createdAt: Date
}): QuarantinedRow {
  const { id, itemId, orderId: name, message: why, createdAt } = row
  // What quarantineEntry() and persistOrders() wrote; CHECK quarantine_kind.
  const [kind, payload] = [row.kind, row.payload] as [QuarantinedRow['kind'], QuarantinedRow['payload']]
  return { id, itemId, name, kind, payload, why, createdAt }
}
