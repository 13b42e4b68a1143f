import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient, type Prisma } from './generated/client.ts'

export type Database = PrismaClient

/** What runs statements: a transaction under way, or the database itself, where each statement is its own. */
export type Statements = Prisma.TransactionClient

export interface ConnectOptions {
  /** Connections of this process. */
  readonly poolSizeMax: number
  /** Longest that one statement may run before Postgres ends it: a stuck statement must not hold an item's row for ever. */
  readonly statementTimeoutMs: number
}

/** Connects lazily. Close with `$disconnect()`. */
export function connectDatabase(databaseUrl: string, { poolSizeMax, statementTimeoutMs }: ConnectOptions): Database {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: poolSizeMax,
    connectionTimeoutMillis: 3_000,
    statement_timeout: statementTimeoutMs,
    // The socket's own bound, for a server that does not answer at all; later than the statement's, which is definite.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
  })
  return new PrismaClient({ adapter })
}
