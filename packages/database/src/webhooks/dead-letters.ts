import type { Database, Statements } from '../connect.ts'

/** An event that an endpoint refused for good. */
export interface DeadLetter {
  readonly id: bigint
  readonly endpointId: number
  /** Its place in the feed. */
  readonly number: bigint
  readonly eventId: string
  readonly failure: string
  readonly tryCount: number
  readonly diedAt: Date
  readonly replayAskedAt: Date | null
}

export type NewDeadLetter = Pick<DeadLetter, 'endpointId' | 'number' | 'eventId' | 'failure' | 'tryCount'>

/**
 * Keeps a dead letter. One that died again after a replay is the same one. One that an operator discarded while its replay was on the way
 * stays discarded.
 */
export async function keepDeadLetter(database: Database, letter: NewDeadLetter): Promise<void> {
  const { endpointId, number, eventId, failure, tryCount } = letter
  await database.$executeRaw`
    INSERT INTO webhook_dead_letters AS letter (endpoint_id, number, event_id, failure, try_count)
    VALUES (${endpointId}::int, ${number}::bigint, ${eventId}, ${failure}, ${tryCount}::int)
    ON CONFLICT (endpoint_id, number) DO UPDATE
      SET failure = excluded.failure, try_count = excluded.try_count, died_at = now(), replay_asked_at = NULL
      WHERE letter.resolution IS NULL`
}

/** Dead letters, the newest first, before `beforeId` if it is given, at most `limit`. */
export function listDeadLetters(
  database: Database,
  beforeId: bigint | undefined,
  limit: number,
): Promise<DeadLetter[]> {
  return database.webhookDeadLetter.findMany({
    where: { resolution: null, ...(beforeId !== undefined && { id: { lt: beforeId } }) },
    orderBy: { id: 'desc' },
    take: limit,
  })
}

/** The dead letters of an endpoint that an operator asked to send again, in the order of the feed. */
export function listReplays(database: Database, endpointId: number, limit: number): Promise<DeadLetter[]> {
  return database.webhookDeadLetter.findMany({
    where: { endpointId, resolution: null, replayAskedAt: { not: null } },
    orderBy: { number: 'asc' },
    take: limit,
  })
}

/** Asks for a dead letter to be sent again. False: it is not dead any more. */
export async function askForReplay(statements: Statements, id: number): Promise<boolean> {
  const where = { id, resolution: null }
  return (await statements.webhookDeadLetter.updateMany({ where, data: { replayAskedAt: new Date() } })).count === 1
}

/** Notes what became of a dead letter. False: it is not dead any more. */
export async function resolveDeadLetter(
  statements: Statements,
  id: bigint,
  resolution: 'delivered' | 'discarded',
): Promise<boolean> {
  const data = { resolution, resolvedAt: new Date() }
  return (await statements.webhookDeadLetter.updateMany({ where: { id, resolution: null }, data })).count === 1
}
