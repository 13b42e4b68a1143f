import type { Database } from './connect.ts'
import { StartupError } from '@flash-sale/runtime/startup-error'

/** Rejects with a StartupError, for a person to read, when Postgres does not answer or was not migrated. */
export async function requireDatabase(database: Database): Promise<void> {
  try {
    await database.saleItem.findFirst({ select: { id: true } })
  } catch (error) {
    throw new StartupError(failureText(error), { cause: error })
  }
}

function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  // Prisma puts the call and the lines of source around it first, and the reason last.
  const reason = text.trim().split('\n').at(-1) ?? text
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'P2021' || code === 'P2022') return 'The database is not up to date; run `pnpm migrate` on it'
  return `Postgres cannot be used: ${reason.replace(/\.$/, '')}; ${adviceOn(code)}`
}

/** Prisma's codes for a refused password (P1000) and for a database that is not there (P1003). */
function adviceOn(code: unknown): string {
  if (code === 'P1000') return 'correct DATABASE_URL'
  if (code === 'P1003') return 'correct DATABASE_URL, or run `pnpm migrate`, which creates it'
  return 'start it, or correct DATABASE_URL'
}
