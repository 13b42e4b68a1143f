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

/** Nobody knows yet, or ever will: the process or a store went away in the act. */
const outcomeUnknown = 'UNKNOWN'

/**
 * Appends an act to the audit trail before it is done, so that none goes untold: when this rejects, do not act. What it returns
 * then says how the act ended; until it does, its outcome is UNKNOWN.
 */
export async function recordAct(
  database: Database,
  event: AuditEvent,
): Promise<(outcome: 'DONE' | 'REFUSED') => Promise<void>> {
  const detailWith = (outcome: string) => ({ ...event.detail, outcome })
  const { id } = await database.auditEvent.create({ data: { ...event, detail: detailWith(outcomeUnknown) } })
  return async (outcome) => {
    // The act was told and is over: who did it hears how it ended, whether that could be added or not.
    await database.auditEvent.update({ where: { id }, data: { detail: detailWith(outcome) } }).catch(() => undefined)
  }
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
  // What recordAuditEvent() and recordAct() wrote.
  return rows.map(({ id, detail, ...rest }) => ({ eventId: id, detail: detail as AuditEventRow['detail'], ...rest }))
}

async function itemsOfSale(database: Database, saleId: number): Promise<number[]> {
  const rows = await database.saleItem.findMany({ where: { saleId }, select: { id: true } })
  return rows.map(({ id }) => id)
}
