import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreWait } from '@flash-sale/runtime/store-wait'
import { PostgresAwayError, requireDatabase, type DatabaseStanding } from './require-database.ts'

const retryAfterMs = 1_000

/** As `requireDatabase`, but waits for a Postgres that is away, however long that takes. */
export async function waitForDatabase(databaseUrl: string, wait: StoreWait): Promise<DatabaseStanding> {
  for (;;) {
    try {
      const standing = await requireDatabase(databaseUrl)
      wait.answered('Postgres')
      return standing
    } catch (error) {
      if (!(error instanceof PostgresAwayError)) throw error
      wait.failed('Postgres', error.message)
    }
    await sleep(retryAfterMs)
  }
}
