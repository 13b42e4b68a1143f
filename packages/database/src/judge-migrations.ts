import { sha256Of } from './function-files.ts'
import type { MigrationFile } from './migration-files.ts'

/** A row of Prisma's table of applied migrations. */
export interface MigrationRow {
  readonly name: string
  /** SHA-256 of the applied file, in hex. */
  readonly checksum: string
  readonly finished: boolean
}

/** Reads the rows that `judgeMigrations` judges. A migration that was rolled back counts as not applied. */
export const migrationRowsSql = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
  FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`

export type MigrationState =
  | { readonly kind: 'UP_TO_DATE' }
  | { readonly kind: 'BEHIND'; readonly missing: string }
  /** This version can neither use the database nor bring it up to date. `reason` is for a person. */
  | { readonly kind: 'FOREIGN'; readonly reason: string }

/** Compares the migrations that a database has with those that this version brings. */
export function judgeMigrations(files: readonly MigrationFile[], rows: readonly MigrationRow[]): MigrationState {
  const sqlOf = new Map(files.map(({ name, sql }) => [name, sql]))
  for (const { name, checksum, finished } of rows) {
    const sql = sqlOf.get(name)
    if (sql === undefined)
      return foreign(`has migration ${name}, which this version does not know: run the newer version`)
    if (!finished) return foreign(`has migration ${name} unfinished: ${unfinishedAdvice}`)
    if (checksum !== sha256Of(sql)) {
      return foreign(`has another migration ${name} than this version: restore its migration.sql as it was applied`)
    }
  }
  const applied = new Set(rows.map(({ name }) => name))
  const missing = files.find(({ name }) => !applied.has(name))
  return missing ? { kind: 'BEHIND', missing: missing.name } : { kind: 'UP_TO_DATE' }
}

const unfinishedAdvice =
  'it still runs, or it failed; then undo what it left behind, delete its row in _prisma_migrations, and run `pnpm migrate`'

function foreign(what: string): MigrationState {
  return { kind: 'FOREIGN', reason: `The database ${what}` }
}
