import { PrismaPg } from '@prisma/adapter-pg'
import { boundedClient } from './bounded-client.ts'
import { PrismaClient } from './generated/client.ts'
import { parseDatabaseUrl, searchPathOf } from './postgres-address.ts'

export type Database = PrismaClient

export interface ConnectOptions {
  /** Connections of this process. */
  readonly poolSizeMax: number
  /** Longest that one statement may run before Postgres ends it: a stuck statement must not hold an item's row for ever. */
  readonly statementTimeoutMs: number
}

/** Connects lazily, also through a pooler in transaction mode. Close with `$disconnect()`. */
export function connectDatabase(databaseUrl: string, { poolSizeMax, statementTimeoutMs }: ConnectOptions): Database {
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  const poolConfig = {
    ...config,
    Client: boundedClient({ statementTimeoutMs, searchPath: searchPathOf(schema) }),
    max: poolSizeMax,
    connectionTimeoutMillis: 3_000,
    // The socket's own bound, for a server that does not answer at all; later than the statement's, which is definite.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
  }
  return new PrismaClient({ adapter: new PrismaPg(poolConfig, { schema }) })
}
