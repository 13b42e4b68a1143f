import { PrismaPg } from '@prisma/adapter-pg'
import { Client, type ClientConfig, type PoolConfig } from 'pg'
import { boundedClient } from './bounded-client.ts'
import { PrismaClient, type Prisma } from './generated/client.ts'
import { directConfig, parseDatabaseUrl, searchPathOf } from './postgres-address.ts'

export type Database = PrismaClient

/** Runs statements: a transaction under way, or the database itself, where each statement is a transaction. */
export type Statements = Prisma.TransactionClient

export interface ConnectOptions {
  /** Connections of this process. */
  readonly poolSizeMax: number
  /** Longest that one statement may run before Postgres ends it: a stuck statement must not hold an item's row for ever. */
  readonly statementTimeoutMs: number
  /** There is a pooler in transaction mode, which takes no start-up parameters. `requireDatabase` finds out. */
  readonly isPooled?: boolean
}

/** Connects lazily. Close with `$disconnect()`. */
export function connectDatabase(databaseUrl: string, options: ConnectOptions): Database {
  const { schema } = parseDatabaseUrl(databaseUrl)
  const { poolSizeMax, statementTimeoutMs } = options
  const config = connectionConfig(databaseUrl, options)
  const poolConfig = {
    ...config,
    Client: withErrorsHeard(config.Client as typeof Client | undefined),
    max: poolSizeMax,
    connectionTimeoutMillis: 3_000,
    // Bounds the wait on the socket, for a server that does not answer. It is longer than the statement's bound, whose end is definite.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
  }
  return new PrismaClient({ adapter: new PrismaPg(poolConfig, { schema }) })
}

/**
 * Clients of which a connection that is lost never ends the process. The pool hands a new client over without a listener, and the adapter
 * adds its own a moment later: a server that stops in between would raise an error that nobody catches. The next statement fails anyway.
 */
function withErrorsHeard(ClientClass: typeof Client = Client): typeof Client {
  return class HeardClient extends ClientClass {
    constructor(config?: string | ClientConfig) {
      super(config)
      this.on('error', () => undefined)
    }
  }
}

/** The configuration that bounds statements and names the schema: at the start of the connection, or with each statement if there is a pooler. */
export function connectionConfig(
  databaseUrl: string,
  { statementTimeoutMs, isPooled = false }: Omit<ConnectOptions, 'poolSizeMax'>,
): PoolConfig {
  if (!isPooled) return directConfig(databaseUrl, { statement_timeout: statementTimeoutMs })
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  return { ...config, Client: boundedClient({ statementTimeoutMs, searchPath: searchPathOf(schema) }) }
}
