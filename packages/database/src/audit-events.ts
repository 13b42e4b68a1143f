import type { AuditAction } from '@flash-sale/contract/audit-trail'
import type { Database, Statements } from './connect.ts'

/** An act of an operator, or a repair of the service itself. */
export interface AuditEvent {
  readonly actor: 'ops' | 'worker' | 'api'
  readonly action: AuditAction
  readonly saleId?: number
  readonly itemId?: number
  readonly detail?: Record<string, string | number | boolean>
}

/** Appends to the audit trail. Returns the event's id. */
export async function recordAuditEvent(statements: Statements, event: AuditEvent): Promise<bigint> {
  const { id } = await statements.auditEvent.create({ data: { ...event, detail: event.detail ?? {} } })
  return id
}

/** The outcome is not known yet. It stays so if the process or a store goes away during the act. */
const outcomeUnknown = 'UNKNOWN'

/** An act is recorded as UNKNOWN first, then updated by `recordOutcome`, so that no act is missing in the trail. */
export function eventBeforeAct(event: AuditEvent): AuditEvent {
  return { ...event, detail: { ...event.detail, outcome: outcomeUnknown } }
}

/** Records how an act ended. It never rejects, since the act is over even if its outcome cannot be recorded. */
export async function recordOutcome(
  database: Database,
  eventId: bigint,
  detail: AuditEvent['detail'],
  outcome: 'DONE' | 'REFUSED',
): Promise<void> {
  // The event may say more: who acted, and why.
  const added = JSON.stringify({ ...detail, outcome })
  const update = database.$executeRaw`UPDATE audit_events SET detail = detail || ${added}::jsonb WHERE id = ${eventId}`
  await update.catch(() => undefined)
}

/**
 * Appends an act to the audit trail before it is done. If this rejects, do not act. The returned function records how the act ended.
 */
export async function recordAct(
  database: Database,
  event: AuditEvent,
): Promise<(outcome: 'DONE' | 'REFUSED') => Promise<void>> {
  const eventId = await recordAuditEvent(database, eventBeforeAct(event))
  return (outcome) => recordOutcome(database, eventId, event.detail, outcome)
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
  /** Includes the acts on the sale's items. */
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
  // recordAuditEvent() and recordAct() wrote these details.
  return rows.map(({ id, detail, ...rest }) => ({ eventId: id, detail: detail as AuditEventRow['detail'], ...rest }))
}

async function itemsOfSale(database: Database, saleId: number): Promise<number[]> {
  const rows = await database.saleItem.findMany({ where: { saleId }, select: { id: true } })
  return rows.map(({ id }) => id)
}
