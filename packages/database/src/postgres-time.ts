import type { Database } from './connect.ts'

/** The time of Postgres' clock, in ms since 1970. Payments fall due by this clock. */
export async function readPostgresTime(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row!.now.getTime()
}
