import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A migration of this version of the program. */
export interface MigrationFile {
  readonly name: string
  readonly sql: string
}

/** The folder of the workspace's own `migrations` and `functions`. src and dist are equally deep in the workspace. */
export const ownPrismaFolder = fileURLToPath(new URL('../../../prisma', import.meta.url))

/** The folder of the migrations within a folder like `ownPrismaFolder`. */
export function migrationsFolderOf(prismaFolder: string): string {
  return path.join(prismaFolder, 'migrations')
}

/** The migrations of a Prisma folder, in the order in which they are applied. */
export async function readMigrationFiles(prismaFolder: string): Promise<MigrationFile[]> {
  const folder = migrationsFolderOf(prismaFolder)
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names
      .toSorted()
      .map(async (name) => ({ name, sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') })),
  )
}
