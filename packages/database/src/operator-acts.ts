import { recordAuditEvent, type AuditEvent } from './audit-events.ts'
import type { Database, Statements } from './connect.ts'

/** A request of an operator under its idempotency key: its route `call`, and the route's `params` and `body`. */
export interface ActRequest {
  readonly key: string
  readonly call: string
  readonly params: unknown
  readonly body: unknown
}

/** The changes of an act that its answer needs. */
export type Effect = Readonly<Record<string, string | number>>

export interface KeptAnswer {
  readonly status: number
  readonly body: unknown
}

/** An act that was done or begun. It has no answer if its process or a store went away before. */
export interface RememberedAct {
  readonly effect: Effect
  /** The act's row in the audit trail; undefined if it changed nothing. */
  readonly eventId: bigint | undefined
  readonly answer: KeptAnswer | undefined
}

/** Another request took the key at the same moment. This transaction is rolled back. */
export class KeyTakenError extends Error {
  override readonly name = 'KeyTakenError'
  constructor() {
    super('another request with the same idempotency key is under way')
  }
}

/** Keys are kept at least this long. Each new key deletes a few older ones. */
export const actsKeptDays = 7
const deletedCountMax = 100

/** The act of a key; 'KEY_CONFLICT' if it was another request; undefined if the key is new. */
export async function findAct(
  database: Database,
  request: ActRequest,
): Promise<RememberedAct | 'KEY_CONFLICT' | undefined> {
  const [row] = await database.$queryRaw<FoundRow[]>`
    SELECT request = ${textOf(request)}::jsonb AS same, effect, audit_event_id, answer_status, answer
    FROM operator_acts WHERE key = ${request.key}`
  if (!row) return undefined
  if (!row.same) return 'KEY_CONFLICT'
  const { effect, audit_event_id: eventId, answer_status: status, answer: body } = row
  return { effect, eventId: eventId ?? undefined, answer: status === null ? undefined : { status, body } }
}

/**
 * Remembers an act in the transaction that has its effect: its key, if it has one, and its row in the audit trail, if it changed
 * something. Throws KeyTakenError if another request took the key meanwhile.
 */
export async function rememberAct(
  statements: Statements,
  request: ActRequest | undefined,
  effect: Effect,
  event: AuditEvent | undefined,
): Promise<RememberedAct> {
  const eventId = event && (await recordAuditEvent(statements, event))
  if (request) {
    const claimed = await statements.$executeRaw`
      INSERT INTO operator_acts (key, request, effect, audit_event_id)
      VALUES (${request.key}, ${textOf(request)}::jsonb, ${JSON.stringify(effect)}::jsonb, ${eventId ?? null}::bigint)
      ON CONFLICT DO NOTHING`
    if (claimed === 0) throw new KeyTakenError()
    await statements.$executeRaw`
      DELETE FROM operator_acts WHERE key IN (
        SELECT key FROM operator_acts WHERE created_at < now() - make_interval(days => ${actsKeptDays}::int)
        ORDER BY created_at LIMIT ${deletedCountMax}::int FOR UPDATE SKIP LOCKED)`
  }
  return { effect, eventId, answer: undefined }
}

/** Keeps the answer for later requests with the same key. */
export async function keepAnswer(database: Database, key: string, { status, body }: KeptAnswer): Promise<void> {
  await database.$executeRaw`
    UPDATE operator_acts SET answer_status = ${status}::int, answer = ${JSON.stringify(body)}::json
    WHERE key = ${key} AND answer IS NULL`
}

function textOf({ call, params, body }: ActRequest): string {
  return JSON.stringify({ call, params, body: body ?? null })
}

interface FoundRow {
  same: boolean
  effect: Effect
  audit_event_id: bigint | null
  answer_status: number | null
  answer: unknown
}
