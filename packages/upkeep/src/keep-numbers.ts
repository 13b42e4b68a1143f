import type { Database } from '@flash-sale/database/connect'
import { readUsedNumbers, skipNumbers } from '@flash-sale/database/used-numbers'
import { noteNumbers, readNumbers } from '@flash-sale/stock/used-numbers'
import type { Redis } from 'ioredis'

/**
 * Keeps the largest numbers of items and sales in Redis, and has Postgres skip those that Redis has seen: so a database that was restored
 * from before some of them gives none of them again. `seenItem` is the largest number of a ledger that was found here.
 */
export async function keepNumbers(redis: Redis, database: Database, seenItem: number): Promise<void> {
  const [used, noted] = await Promise.all([readUsedNumbers(database), readNumbers(redis)])
  const item = Math.max(used.item, seenItem)
  if (item > noted.item || used.sale > noted.sale) await noteNumbers(redis, { ...used, item })
  const skipped = { item: Math.max(noted.item, seenItem), sale: noted.sale }
  if (skipped.item > used.item || skipped.sale > used.sale) await skipNumbers(database, skipped)
}
