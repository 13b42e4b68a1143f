import { duringTests } from '@flash-sale/testing/during-tests'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { connectDatabase, type Database } from './connect.ts'

export interface ConnectedDatabase {
  readonly url: string
  readonly database: Database
}

/** A database of all tests of a file, and a connection to it. Call it at the top of the file. */
export function withTestDatabase({ poolSizeMax }: { readonly poolSizeMax: number }): ConnectedDatabase {
  return duringTests(
    async () => {
      const { url, drop } = await createTestDatabase()
      const database = connectDatabase(url, { poolSizeMax, statementTimeoutMs: 10_000 })
      return { url, database, drop }
    },
    async ({ database, drop }) => {
      await database.$disconnect()
      await drop()
    },
  )
}
