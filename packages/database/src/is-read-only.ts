import type { Database } from './connect.ts'

/** Whether this Postgres takes no writes: it is a standby, or the user, the database or the server is set to read only. */
export async function isReadOnly(database: Database): Promise<boolean> {
  const [row] = await database.$queryRaw<[{ readOnly: boolean }]>`
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "readOnly"`
  return row.readOnly
}
