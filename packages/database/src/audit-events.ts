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
