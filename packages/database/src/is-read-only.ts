import type { Database } from './connect.ts'

/** Whether this Postgres takes no writes: a standby, or a user, a database or a server that is set to read only. */
export async function isReadOnly(database: Database): Promise<boolean> {
  const [row] = await database.$queryRaw<[{ readOnly: boolean }]>`
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "readOnly"`
  return row.readOnly
}
