import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, DatabaseError, escapeIdentifier } from 'pg'
import { withSchemaEngine } from './schema-engine.ts'

export interface MigrateOptions {
  readonly onProgress?: (line: string) => void
  /** Default: the workspace's own prisma/migrations. */
  readonly migrationsFolder?: string
}

// src and dist are equally deep in the workspace.
const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

// Any number will do as long as nobody else takes it; Prisma's own migrate lock is 72707369.
const MIGRATE_LOCK = 4_705_281

/**
 * Brings a database up to date with the migrations folder, as `prisma migrate deploy` does, and creates the database if
 * there is none. Two processes may do it at once: one waits for the other. Returns the names applied, none when it was
 * up to date.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { onProgress, migrationsFolder = MIGRATIONS } = options
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) throw new Error('the database URL does not begin with postgresql://')
  if (await createIfMissing(databaseUrl)) onProgress?.(`Postgres: created the database ${databaseName(databaseUrl)}`)
  const lock = new Client({ connectionString: databaseUrl })
  // A connection that breaks while it only waits would otherwise end the process; unlocking then fails, and says so.
  lock.on('error', () => undefined)
  await lock.connect()
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK])
    const applied = await applyMigrations(databaseUrl, migrationsFolder)
    for (const name of applied) onProgress?.(`Postgres: applied migration ${name}`)
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATE_LOCK])
    return applied
  } finally {
    await lock.end()
  }
}

async function applyMigrations(databaseUrl: string, migrationsFolder: string): Promise<string[]> {
  const migrationsList = await readMigrations(migrationsFolder)
  const filters = { externalTables: [], externalEnums: [] }
  return withSchemaEngine({ databaseUrl }, async (engine) => {
    try {
      return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames
    } catch (error) {
      // The engine appends where in its own source it was; which migration it was stands only there.
      const text = error instanceof Error ? error.message : String(error)
      const name = /migration_name="([^"]+)"/.exec(text)?.[1]
      const reason = text.split(/\n\s+0: /)[0] ?? text
      throw new Error(name ? `${name}: ${reason}` : reason, { cause: error })
    }
  })
}

async function readMigrations(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (name) => {
      const value = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
    }),
  )
  const lockFile = await readFile(path.join(folder, 'migration_lock.toml'), 'utf8').catch(() => null)
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: lockFile },
    shadowDbInitScript: '',
    migrationDirectories,
  }
}

const NO_SUCH_DATABASE = '3D000'
// Somebody creates it at the same moment: the name is taken, or about to be.
const CREATED_MEANWHILE = new Set(['42P04', '23505'])

/** Whether it had to be created. */
async function createIfMissing(databaseUrl: string): Promise<boolean> {
  const probe = new Client({ connectionString: databaseUrl })
  try {
    await probe.connect()
    return false
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error
  } finally {
    await probe.end()
  }
  const url = new URL(databaseUrl)
  url.pathname = '/postgres'
  const maintenance = new Client({ connectionString: url.href })
  await maintenance.connect()
  try {
    await maintenance.query(`CREATE DATABASE ${escapeIdentifier(databaseName(databaseUrl))} TEMPLATE template0`)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && CREATED_MEANWHILE.has(error.code ?? '')) return false
    throw error
  } finally {
    await maintenance.end()
  }
}

function databaseName(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).pathname.slice(1))
}
