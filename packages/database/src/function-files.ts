import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** A SQL function of this version of the program. Its file has its name and its whole text. */
export interface FunctionFile {
  readonly name: string
  readonly sql: string
}

/** A row of the table of applied functions. */
export interface FunctionRow {
  readonly name: string
  /** SHA-256 of the applied file, in hex. */
  readonly sha256: string
}

/** Reads the rows that `compareFunctions` compares. */
export const functionRowsSql = 'SELECT name, sha256 FROM sql_functions ORDER BY name'

/** The functions of a Prisma folder, in the order in which they are applied. */
export async function readFunctionFiles(prismaFolder: string): Promise<FunctionFile[]> {
  const folder = path.join(prismaFolder, 'functions')
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file) => ({
      name: path.basename(file, '.sql'),
      sql: await readFile(path.join(folder, file), 'utf8'),
    })),
  )
}

/** The difference between the functions of a database and those of this version. */
export interface FunctionDifferences {
  /** The database lacks these, or has another text of them. */
  readonly toApply: readonly FunctionFile[]
  /** The names that this version no longer has. */
  readonly toDrop: readonly string[]
}

/** Compares the functions that a database has with those that this version brings. */
export function compareFunctions(files: readonly FunctionFile[], rows: readonly FunctionRow[]): FunctionDifferences {
  const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]))
  const names = new Set(files.map(({ name }) => name))
  return {
    toApply: files.filter(({ name, sql }) => applied.get(name) !== sha256Of(sql)),
    toDrop: rows.map(({ name }) => name).filter((name) => !names.has(name)),
  }
}

export function sha256Of(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}
