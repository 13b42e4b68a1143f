import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { Client, DatabaseError, escapeIdentifier, type ClientConfig } from 'pg'
import { appliedRows } from './applied-rows.ts'
import { applyFunctions } from './apply-functions.ts'
import { compareFunctions, functionRowsSql, readFunctionFiles, type FunctionRow } from './function-files.ts'
import { judgeMigrations, migrationRowsSql, type MigrationRow } from './judge-migrations.ts'
import { migrationsFolderOf, ownPrismaFolder, readMigrationFiles, type MigrationFile } from './migration-files.ts'
import { directConfig, parseDatabaseUrl } from './postgres-address.ts'
import { postgresFailureText } from './postgres-failure.ts'
import { withSchemaEngine } from './schema-engine.ts'

export interface MigrateOptions {
  readonly onProgress?: (line: string) => void
  /** Holds `migrations` and `functions`. Default: the workspace's own prisma folder. */
  readonly prismaFolder?: string
}

// Any number that nobody else uses. Prisma's own migrate lock is 72707369.
const MIGRATE_LOCK = 4_705_281

/**
 * Brings a database up to date: applies the missing migrations, as `prisma migrate deploy` does, then the functions whose text changed.
 * Creates the database and the schema of the URL if they are missing. If two processes migrate at once, one waits for the other. Returns
 * the names of applied migrations and functions; none if the database was up to date. Rejects with a StartupError, before it changes
 * anything, if the database has a migration that the folder lacks, that differs from the file, or that did not finish.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  try {
    return await bringUpToDate(databaseUrl, options)
  } catch (error) {
    throw error instanceof StartupError ? error : new StartupError(postgresFailureText(error), { cause: error })
  }
}

async function bringUpToDate(databaseUrl: string, options: MigrateOptions): Promise<string[]> {
  const { onProgress, prismaFolder = ownPrismaFolder } = options
  const [files, functionFiles] = await Promise.all([readMigrationFiles(prismaFolder), readFunctionFiles(prismaFolder)])
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  if (await createIfMissing(databaseUrl)) onProgress?.(`Postgres: created the database ${config.database}`)
  const lock = new Client(directConfig(databaseUrl))
  // Without a listener a connection that breaks while it waits would end the process. Unlocking fails then, and reports it.
  lock.on('error', () => undefined)
  await lock.connect()
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK])
    if (await createSchemaIfMissing(lock, schema)) onProgress?.(`Postgres: created the schema ${schema}`)
    const state = judgeMigrations(files, await appliedRows<MigrationRow>(lock, migrationRowsSql))
    if (state.kind === 'FOREIGN') throw new StartupError(state.reason)
    const applied = state.kind === 'BEHIND' ? await applyMigrations(databaseUrl, prismaFolder, files) : []
    for (const name of applied) onProgress?.(`Postgres: applied migration ${name}`)
    // Functions come after the tables that they use.
    const differences = compareFunctions(functionFiles, await appliedRows<FunctionRow>(lock, functionRowsSql))
    const changed = await applyFunctions(lock, differences)
    for (const name of changed) onProgress?.(`Postgres: changed function ${name}()`)
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATE_LOCK])
    return [...applied, ...changed.map((name) => `${name}()`)]
  } finally {
    await lock.end()
  }
}

/** Creates the schema if it is missing. Returns whether it did. An existing schema is left alone, since CREATE would need a further right. */
async function createSchemaIfMissing(client: Client, schema: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  if (rowCount) return false
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`)
  return true
}

async function applyMigrations(
  databaseUrl: string,
  prismaFolder: string,
  files: readonly MigrationFile[],
): Promise<string[]> {
  const migrationsList = await migrationsListOf(migrationsFolderOf(prismaFolder), files)
  const filters = { externalTables: [], externalEnums: [] }
  return withSchemaEngine({ databaseUrl }, async (engine) => {
    try {
      return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames
    } catch (error) {
      // The engine appends the place in its own source, and only there names the migration.
      const text = error instanceof Error ? error.message : String(error)
      const name = /migration_name="([^"]+)"/.exec(text)?.[1]
      const reason = (text.split(/\n\s+0: /)[0] ?? text).replaceAll(/\s+/g, ' ').trim()
      throw new StartupError(`The migration failed: ${name ? `${name}: ` : ''}${reason}`, { cause: error })
    }
  })
}

async function migrationsListOf(folder: string, files: readonly MigrationFile[]) {
  const lockFile = await readFile(path.join(folder, 'migration_lock.toml'), 'utf8').catch(() => null)
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: lockFile },
    shadowDbInitScript: '',
    migrationDirectories: files.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  }
}

const NO_SUCH_DATABASE = '3D000'
// Another process creates the database at the same moment: the name is taken, or about to be.
const CREATED_MEANWHILE = new Set(['42P04', '23505'])

/** Creates the database if it is missing. Returns whether it did. */
async function createIfMissing(databaseUrl: string): Promise<boolean> {
  const probe = new Client(directConfig(databaseUrl))
  try {
    await probe.connect()
    return false
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error
  } finally {
    await probe.end()
  }
  const { config } = parseDatabaseUrl(databaseUrl)
  return createDatabase({ ...config, database: 'postgres' }, config.database)
}

async function createDatabase(maintenanceConfig: ClientConfig, name: string): Promise<boolean> {
  const maintenance = new Client(maintenanceConfig)
  await maintenance.connect()
  try {
    await maintenance.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0`)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && CREATED_MEANWHILE.has(error.code ?? '')) return false
    throw error
  } finally {
    await maintenance.end()
  }
}
