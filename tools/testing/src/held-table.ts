import { Client } from 'pg'

export interface HeldTable {
  /** Whether a statement that contains this text is waiting for a lock. */
  readonly isAwaitedBy: (statement: string) => Promise<boolean>
  /** Releases the table, so that writes continue. */
  readonly release: () => Promise<void>
}

/** Locks a table against writes, but not against reads. Statements in flight stop at their first write to it. */
export async function holdTable(databaseUrl: string, table: string): Promise<HeldTable> {
  const [holder, observer] = [new Client(databaseUrl), new Client(databaseUrl)]
  await Promise.all([holder.connect(), observer.connect()])
  await holder.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`)
  return {
    isAwaitedBy: async (statement) => {
      const { rowCount } = await observer.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
        [`%${statement}%`],
      )
      return rowCount !== 0
    },
    release: async () => {
      await holder.query('COMMIT')
      await Promise.all([holder.end(), observer.end()])
    },
  }
}
