import type { Database } from './connect.ts'

/** What was done, by whom: an operator's action, or a repair of the service's own. */
export interface AuditEvent {
  readonly actor: 'ops' | 'worker' | 'api'
  readonly action: string
  readonly saleId?: number
  readonly itemId?: number
  readonly detail?: Record<string, string | number | boolean>
}

/** Appends to the audit trail. */
export async function recordAuditEvent(database: Database, event: AuditEvent): Promise<void> {
  await database.auditEvent.create({ data: { ...event, detail: event.detail ?? {} } })
}

export interface AuditEventRow {
  readonly eventId: bigint
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly saleId: number | null
  readonly itemId: number | null
  readonly detail: Record<string, string | number | boolean>
}

export interface AuditEventFilter {
  /** Also what was done to the sale's items. */
  readonly saleId?: number | undefined
  readonly itemId?: number | undefined
}

/** The newest audit events that match, before `beforeId` if it is given, at most `limit`. */
export async function listAuditEvents(
  database: Database,
  { saleId, itemId }: AuditEventFilter,
  beforeId: bigint | undefined,
  limit: number,
): Promise<AuditEventRow[]> {
  const rows = await database.auditEvent.findMany({
    where: {
      ...(beforeId !== undefined && { id: { lt: beforeId } }),
      ...(itemId !== undefined && { itemId }),
      ...(saleId !== undefined && { OR: [{ saleId }, { itemId: { in: await itemsOfSale(database, saleId) } }] }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  })
  // What recordAuditEvent() wrote.
  return rows.map(({ id, detail, ...rest }) => ({ eventId: id, detail: detail as AuditEventRow['detail'], ...rest }))
}

async function itemsOfSale(database: Database, saleId: number): Promise<number[]> {
  const rows = await database.saleItem.findMany({ where: { saleId }, select: { id: true } })
  return rows.map(({ id }) => id)
}
