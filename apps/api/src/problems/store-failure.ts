import { KeyTakenError } from '@flash-sale/database/operator-acts'
import { sqlStateOf } from '@flash-sale/database/sql-state'
import { LockError, LockTimeoutError } from '@flash-sale/lock/lock-errors'
import { StoreUnansweredError } from '@flash-sale/runtime/answer-within'
import { OverloadedError } from '@flash-sale/runtime/bounded-work'
import { HoldLostError } from '@flash-sale/upkeep/hold-item'
import { ReplyError } from 'ioredis'

/** The problem code of a store's failure; undefined if the error is a bug of ours. */
export function storeFailureCode(error: unknown): 'BUSY' | 'OVERLOADED' | 'UNAVAILABLE' | undefined {
  if (error instanceof OverloadedError) return 'OVERLOADED'
  if (error instanceof LockTimeoutError || error instanceof HoldLostError || error instanceof KeyTakenError)
    return 'BUSY'
  // A lost lease does not tell whether the work under it was done.
  if (error instanceof LockError || error instanceof StoreUnansweredError) return 'UNAVAILABLE'
  if (isRedisFailure(error) || isPostgresFailure(error)) return 'UNAVAILABLE'
  return undefined
}

function isRedisFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Out of memory, loading, demoted, no replica: the state of the server, not a mistake in our command.
  if (error instanceof ReplyError)
    return /^(?:OOM|LOADING|READONLY|NOREPLICAS|MASTERDOWN|MISCONF|CLUSTERDOWN)\b/.test(error.message)
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /^(?:Connection is closed|Stream isn't writeable|Command timed out)/.test(error.message)
  )
}

/** Prisma's driver says this of a server that it cannot reach. A raw query shows nothing else. */
const unreachableKinds = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections'])

function isPostgresFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const sqlState = sqlStateOf(error)
  if (sqlState !== undefined) return /^(?:08|40|53|57|25006)/.test(sqlState)
  if (unreachableKinds.has(driverKindOf(error))) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Prisma's own codes: cannot reach, timed out, closed the connection, no connection free in time.
  if (/^(?:P1001|P1002|P1008|P1017|P2024|P2028)$/.test(code)) return true
  return /ECONNREFUSED|ECONNRESET|ETIMEDOUT|timeout exceeded when trying to connect|Query read timeout|Connection terminated|server closed the connection/i.test(
    `${code} ${error.message}`,
  )
}

function driverKindOf(error: Error): string {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { kind?: unknown } } } }
  return String(meta?.driverAdapterError?.cause?.kind)
}
