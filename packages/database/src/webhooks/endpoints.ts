import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Database, Statements } from '../connect.ts'
import type { WebhookEndpoint as EndpointRow } from '../generated/client.ts'

export type EndpointState = 'active' | 'paused' | 'failed'

/** A program that is told of the feed, without its secrets. */
export interface Endpoint {
  readonly id: number
  readonly url: string
  readonly description: string
  /** The changes that it is told; none: all. */
  readonly statuses: readonly StoredOrderStatus[]
  readonly state: EndpointState
  /** Failed tries of the event at which it stands. */
  readonly tryCount: number
  readonly failingSince: Date | null
  readonly nextTryAt: Date | null
  readonly lastFailure: string | null
  readonly lastDeliveredAt: Date | null
  readonly createdAt: Date
  readonly deadLetterCount: number
}

export interface NewEndpoint {
  readonly url: string
  readonly description: string
  readonly statuses: readonly StoredOrderStatus[]
  readonly secret: string
  /** The place in the feed behind which it begins. */
  readonly position: bigint
}

/** Bounds what the workers look after. */
export const endpointCountMax = 100

/** 'TOO_MANY': there are as many endpoints as there may be. */
export async function insertEndpoint(statements: Statements, endpoint: NewEndpoint): Promise<number | 'TOO_MANY'> {
  const others = await statements.webhookEndpoint.count({ where: { state: { not: 'deleted' } } })
  if (others >= endpointCountMax) return 'TOO_MANY'
  const { id } = await statements.webhookEndpoint.create({ data: { ...endpoint, statuses: [...endpoint.statuses] } })
  return id
}

/** All endpoints, the oldest first. */
export async function listEndpoints(database: Database): Promise<Endpoint[]> {
  const rows = await database.webhookEndpoint.findMany({ where: { state: { not: 'deleted' } }, orderBy: { id: 'asc' } })
  const counts = await countDeadLetters(
    database,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => toEndpoint(row, counts.get(row.id) ?? 0))
}

export async function readEndpoint(database: Database, id: number): Promise<Endpoint | undefined> {
  const row = await database.webhookEndpoint.findFirst({ where: { id, state: { not: 'deleted' } } })
  if (!row) return undefined
  const counts = await countDeadLetters(database, [id])
  return toEndpoint(row, counts.get(id) ?? 0)
}

async function countDeadLetters(database: Database, endpointIds: number[]): Promise<Map<number, number>> {
  const where = { endpointId: { in: endpointIds }, resolution: null }
  const groups = await database.webhookDeadLetter.groupBy({ by: ['endpointId'], where, _count: true })
  return new Map(groups.map(({ endpointId, _count }) => [endpointId, _count]))
}

/** The secret that signs what is sent to an endpoint. */
export async function readEndpointSecret(database: Database, id: number): Promise<string | undefined> {
  const select = { secret: true }
  return (await database.webhookEndpoint.findFirst({ where: { id, state: { not: 'deleted' } }, select }))?.secret
}

/** Where to send to an endpoint, and the secrets that sign it. */
export async function readEndpointTarget(
  statements: Statements,
  id: number,
): Promise<{ url: string; secrets: string[] } | undefined> {
  const [target] = await statements.$queryRaw<{ url: string; secrets: string[] }[]>`
    SELECT url, CASE WHEN former_secret_until > now() THEN ARRAY[secret, former_secret] ELSE ARRAY[secret] END AS secrets
    FROM webhook_endpoints WHERE id = ${id}::int AND state <> 'deleted'`
  return target
}

export type EndpointChange = Partial<Pick<NewEndpoint, 'url' | 'description' | 'statuses'>>

/** What an endpoint that was mended starts with. */
const notFailing = { tryCount: 0, refusedCount: 0, failingSince: null, nextTryAt: null, lastFailure: null }

/** Changes an endpoint. A new address is tried at once. False: there is no such endpoint. */
export async function changeEndpoint(statements: Statements, id: number, change: EndpointChange): Promise<boolean> {
  const { statuses, ...rest } = change
  const data = { ...rest, ...(statuses && { statuses: [...statuses] }), ...(change.url !== undefined && notFailing) }
  return isChanged(await statements.webhookEndpoint.updateMany({ where: { id, state: { not: 'deleted' } }, data }))
}

/** Pauses an endpoint, or lets it go on where it stands. False: there is no such endpoint. */
export async function setEndpointState(
  statements: Statements,
  id: number,
  state: 'active' | 'paused',
): Promise<boolean> {
  const data = { state, ...(state === 'active' && notFailing) }
  return isChanged(await statements.webhookEndpoint.updateMany({ where: { id, state: { not: 'deleted' } }, data }))
}

/** Forgets the address and the secrets of an endpoint. Its row stays, so that nobody needs the right to delete. */
export async function deleteEndpoint(statements: Statements, id: number): Promise<boolean> {
  const forgotten = { url: '', description: '', secret: '', formerSecret: null, formerSecretUntil: null }
  const data = { state: 'deleted', ...forgotten }
  return isChanged(await statements.webhookEndpoint.updateMany({ where: { id, state: { not: 'deleted' } }, data }))
}

/**
 * Gives an endpoint a new secret. The one before also signs for `formerForMs`. 'FORMER_SIGNS': an earlier one still does, and its receivers
 * would not know the next message. False: there is no such endpoint.
 */
export async function rotateEndpointSecret(
  statements: Statements,
  id: number,
  secret: string,
  formerForMs: number,
): Promise<boolean | 'FORMER_SIGNS'> {
  const changed = await statements.$executeRaw`
    UPDATE webhook_endpoints SET former_secret = secret, secret = ${secret},
      former_secret_until = now() + ${formerForMs}::float8 * interval '1 ms'
    WHERE id = ${id}::int AND state <> 'deleted' AND coalesce(former_secret_until <= now(), true)`
  if (changed === 1) return true
  return (await readEndpointTarget(statements, id)) ? 'FORMER_SIGNS' : false
}

function isChanged({ count }: { count: number }): boolean {
  return count === 1
}

function toEndpoint(row: EndpointRow, deadLetterCount: number): Endpoint {
  const { id, url, description, statuses, tryCount, failingSince, nextTryAt, lastFailure, lastDeliveredAt, createdAt } =
    row
  // CHECK webhook_endpoints_state; deleted ones are not read.
  const state = row.state as EndpointState
  const shown = { id, url, description, statuses, state, createdAt, lastDeliveredAt, deadLetterCount }
  return { ...shown, tryCount, failingSince, nextTryAt, lastFailure }
}
