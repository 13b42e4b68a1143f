import { PrismaPg } from '@prisma/adapter-pg'
import type { PoolConfig } from 'pg'
import { boundedClient } from './bounded-client.ts'
import { PrismaClient, type Prisma } from './generated/client.ts'
import { directConfig, parseDatabaseUrl, searchPathOf } from './postgres-address.ts'

export type Database = PrismaClient

/** What runs statements: a transaction under way, or the database itself, where each statement is its own. */
export type Statements = Prisma.TransactionClient

export interface ConnectOptions {
  /** Connections of this process. */
  readonly poolSizeMax: number
  /** Longest that one statement may run before Postgres ends it: a stuck statement must not hold an item's row for ever. */
  readonly statementTimeoutMs: number
  /** A pooler in transaction mode is between, which takes no start-up parameters: `requireDatabase` finds out. */
  readonly isPooled?: boolean
}

/** Connects lazily. Close with `$disconnect()`. */
export function connectDatabase(databaseUrl: string, options: ConnectOptions): Database {
  const { schema } = parseDatabaseUrl(databaseUrl)
  const { poolSizeMax, statementTimeoutMs } = options
  const poolConfig = {
    ...connectionConfig(databaseUrl, options),
    max: poolSizeMax,
    connectionTimeoutMillis: 3_000,
    // The socket's own bound, for a server that does not answer at all; later than the statement's, which is definite.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
  }
  return new PrismaClient({ adapter: new PrismaPg(poolConfig, { schema }) })
}

/** How a connection bounds its statements and finds the schema: once at its start, or with each statement behind a pooler. */
export function connectionConfig(
  databaseUrl: string,
  { statementTimeoutMs, isPooled = false }: Omit<ConnectOptions, 'poolSizeMax'>,
): PoolConfig {
  if (!isPooled) return directConfig(databaseUrl, { statement_timeout: statementTimeoutMs })
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  return { ...config, Client: boundedClient({ statementTimeoutMs, searchPath: searchPathOf(schema) }) }
}
