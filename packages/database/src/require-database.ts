import { StartupError } from '@flash-sale/runtime/startup-error'
import { Client } from 'pg'
import { appliedRows } from './applied-rows.ts'
import { connectionConfig } from './connect.ts'
import { compareFunctions, functionRowsSql, readFunctionFiles, type FunctionRow } from './function-files.ts'
import { judgeMigrations, migrationRowsSql, type MigrationRow } from './judge-migrations.ts'
import { ownPrismaFolder, readMigrationFiles } from './migration-files.ts'
import { parseDatabaseUrl } from './postgres-address.ts'
import { isAway, isStartupParameterRefused, postgresFailureText } from './postgres-failure.ts'

/** A start must not hang on a Postgres that does not answer. In ms. */
const answerWithinMs = 10_000

/** Postgres does not answer, or takes no connections now: this passes by itself. */
export class PostgresAwayError extends StartupError {
  override name = 'PostgresAwayError'
}

/** How Postgres is reached. */
export interface DatabaseStanding {
  /** Through a pooler that refuses start-up parameters, as pgbouncer does, or takes them and ignores them, as it can be told to. */
  readonly isPooled: boolean
}

/**
 * Rejects with a StartupError, for a person to read, when Postgres cannot be used: it does not answer (PostgresAwayError), it is
 * read-only, the user lacks a right, or the tables and functions are not those of this version.
 */
export async function requireDatabase(databaseUrl: string): Promise<DatabaseStanding> {
  try {
    const direct = await requireThrough(databaseUrl, false).catch((error: unknown) => {
      if (isStartupParameterRefused(error)) return 'UNBOUNDED' as const
      throw error
    })
    if (direct === 'UNBOUNDED') await requireThrough(databaseUrl, true)
    return { isPooled: direct === 'UNBOUNDED' }
  } catch (error) {
    throw explained(error)
  }
}

function explained(error: unknown): StartupError {
  if (error instanceof StartupError) return error
  const Failure = isAway(error) ? PostgresAwayError : StartupError
  return new Failure(postgresFailureText(error), { cause: error })
}

/** 'UNBOUNDED': this way the connection has not the bound and the schema that it asked for, and nothing else was looked at. */
async function requireThrough(databaseUrl: string, isPooled: boolean): Promise<'USABLE' | 'UNBOUNDED'> {
  const { Client: ClientClass = Client, ...config } = connectionConfig(databaseUrl, {
    statementTimeoutMs: answerWithinMs,
    isPooled,
  })
  const client = new (ClientClass as typeof Client)({
    ...config,
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { schema } = parseDatabaseUrl(databaseUrl)
    if (!isPooled && !(await isBounded(client, schema))) return 'UNBOUNDED'
    const fault = await faultOf(client, schema)
    if (fault !== undefined) throw new StartupError(fault)
    return 'USABLE'
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Whether what was asked for at the start of the connection is in force. */
async function isBounded(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ boundMs: string; schema: string | null }>(`
    SELECT setting AS "boundMs", current_schema() AS schema FROM pg_settings WHERE name = 'statement_timeout'`)
  return Number(rows[0]!.boundMs) === answerWithinMs && rows[0]!.schema === schema
}

async function faultOf(client: Client, schema: string): Promise<string | undefined> {
  const { rows } = await client.query<Standing>(standingSql, [schema])
  const standing = rows[0]!
  if (standing.standby) return 'Postgres is a read-only standby; correct DATABASE_URL to lead to the primary'
  if (standing.readOnly)
    return 'Postgres is read-only (default_transaction_read_only is on); switch that off for this user'
  if (standing.maySee === null) return `There is no schema "${schema}" yet; run \`pnpm migrate\` on the database`
  if (!standing.maySee) return lackText(`USAGE on the schema "${schema}"`)
  return (await migrationsFault(client)) ?? (await functionsFault(client)) ?? (await rightsFault(client))
}

interface Standing {
  readonly standby: boolean
  readonly readOnly: boolean
  /** Null: no such schema. */
  readonly maySee: boolean | null
}

const standingSql = `
  SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly",
    (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1) AS "maySee"`

async function migrationsFault(client: Client): Promise<string | undefined> {
  const files = await readMigrationFiles(ownPrismaFolder)
  const rows = await appliedRows<MigrationRow>(client, migrationRowsSql)
  const state = judgeMigrations(files, rows)
  if (state.kind === 'FOREIGN') return state.reason
  if (state.kind === 'BEHIND') return `The database is not up to date (${state.missing}); run \`pnpm migrate\` on it`
  return undefined
}

async function functionsFault(client: Client): Promise<string | undefined> {
  const files = await readFunctionFiles(ownPrismaFolder)
  const { toApply, toDrop } = compareFunctions(files, await appliedRows<FunctionRow>(client, functionRowsSql))
  const differing = toApply[0]?.name ?? toDrop[0]
  if (differing === undefined) return undefined
  return `The database has another function ${differing}() than this version; run \`pnpm migrate\` of this version on it`
}

async function rightsFault(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ lacking: string }>(lackingSql)
  return rows[0] && lackText(rows[0].lacking)
}

const lackingSql = `
  SELECT format('%s on the table %s', "right", "table") AS lacking
  FROM unnest(ARRAY['sales', 'sale_items', 'orders', 'buyer_quota', 'quarantine', 'restocks', 'audit_events',
      'operator_acts', 'deployment', 'order_events', 'webhook_endpoints', 'webhook_dead_letters', 'payments',
      'payment_events', 'refunds', 'returning_orders']) "table",
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) "right"
  WHERE NOT has_table_privilege("table", "right")
  UNION ALL
  SELECT format('DELETE on the table %s', "table") FROM unnest(ARRAY['operator_acts', 'returning_orders']) "table"
  WHERE NOT has_table_privilege("table", 'DELETE')
  UNION ALL
  SELECT format('USAGE on the sequence of %s', "table")
  FROM unnest(ARRAY['sales', 'sale_items', 'orders', 'quarantine', 'audit_events', 'webhook_endpoints',
      'webhook_dead_letters', 'payments', 'refunds'],
    ARRAY['id', 'id', 'number', 'id', 'id', 'id', 'id', 'number', 'id']) AS s("table", "column")
  WHERE NOT has_sequence_privilege(pg_get_serial_sequence("table", "column"), 'USAGE')
  LIMIT 1`

function lackText(right: string): string {
  return `The user of DATABASE_URL lacks a right: ${right}; docs/operate.md lists the rights that it needs`
}
