import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A migration of this version of the program. */
export interface MigrationFile {
  readonly name: string
  readonly sql: string
}

// src and dist are equally deep in the workspace.
export const ownMigrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/** The migrations of a folder, in the order in which they are applied. */
export async function readMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names
      .toSorted()
      .map(async (name) => ({ name, sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') })),
  )
}
