import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Client } from 'pg'
import { sha256Of, type FunctionDifferences, type FunctionFile } from './function-files.ts'

/**
 * Applies changed functions and drops removed ones, each with its record, in one transaction. Returns their names. Rejects with a
 * StartupError that names the function; the connection is then still inside the failed transaction.
 */
export async function applyFunctions(client: Client, { toApply, toDrop }: FunctionDifferences): Promise<string[]> {
  if (toApply.length + toDrop.length === 0) return []
  await client.query('BEGIN')
  await createRecordsIfMissing(client)
  for (const file of toApply) await applied(client, file).catch((error: unknown) => fail(file.name, error))
  for (const name of toDrop) await dropped(client, name).catch((error: unknown) => fail(name, error))
  await client.query('COMMIT')
  return [...toApply.map(({ name }) => name), ...toDrop]
}

async function createRecordsIfMissing(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS sql_functions (
      name TEXT PRIMARY KEY,
      sha256 TEXT NOT NULL,
      applied_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
    )`)
}

async function applied(client: Client, { name, sql }: FunctionFile): Promise<void> {
  const before = await functionsNamed(client, name)
  await client.query(sql)
  const after = await functionsNamed(client, name)
  if (after.length === 0) throw new Error('its file makes no function of this name')
  // A function with other parameters would stand beside the former one, and callers could still get the former one.
  if (after.length > before.length) await drop(client, before)
  await client.query(
    `INSERT INTO sql_functions (name, sha256) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET sha256 = EXCLUDED.sha256, applied_at = CURRENT_TIMESTAMP`,
    [name, sha256Of(sql)],
  )
}

async function dropped(client: Client, name: string): Promise<void> {
  await drop(client, await functionsNamed(client, name))
  await client.query('DELETE FROM sql_functions WHERE name = $1', [name])
}

/** The functions of a name in our schema, as `name(parameters)` in SQL. */
async function functionsNamed(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ signature: string }>(
    `SELECT oid::regprocedure::TEXT AS signature FROM pg_proc
     WHERE proname = $1 AND pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`,
    [name],
  )
  return rows.map(({ signature }) => signature)
}

async function drop(client: Client, signatures: readonly string[]): Promise<void> {
  for (const signature of signatures) await client.query(`DROP FUNCTION ${signature}`)
}

function fail(name: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new StartupError(`The function ${name}() could not be changed: ${reason}`, { cause })
}
