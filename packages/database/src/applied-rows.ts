import type { Client } from 'pg'
import { sqlStateOf } from './sql-state.ts'

const noSuchTable = '42P01'

/** Reads the rows that `migrate` recorded in one of its tables; none if `migrate` has not run yet. */
export async function appliedRows<Row extends object>(client: Client, sql: string): Promise<Row[]> {
  try {
    return (await client.query<Row>(sql)).rows
  } catch (error) {
    if (sqlStateOf(error) === noSuchTable) return []
    throw error
  }
}
