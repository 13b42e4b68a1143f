import type { Database } from '@flash-sale/database/connect'
import { readUsedNumbers, skipNumbers, skippedMax } from '@flash-sale/database/used-numbers'
import { noteNumbers, readNumbers } from '@flash-sale/stock/used-numbers'
import type { Redis } from 'ioredis'

/**
 * Keeps the largest numbers of items and sales in Redis, and has Postgres skip those that Redis has seen: so a database that was restored
 * from before some of them gives none of them again. `seenItems` are the numbers of ledgers that were found here. Returns the numbers
 * that are too far above those of Postgres to have been given by it: they are left alone.
 */
export async function keepNumbers(redis: Redis, database: Database, seenItems: readonly number[]): Promise<number[]> {
  const [used, noted] = await Promise.all([readUsedNumbers(database), readNumbers(redis)])
  const isFar = (item: number): boolean => item > used.item + skippedMax
  const item = Math.max(used.item, ...seenItems.filter((seen) => !isFar(seen)))
  if (item > noted.item || used.sale > noted.sale) await noteNumbers(redis, { ...used, item })
  const skipped = { item: isFar(noted.item) ? item : Math.max(noted.item, item), sale: noted.sale }
  if (skipped.item > used.item || skipped.sale > used.sale) await skipNumbers(database, skipped)
  const farSales = noted.sale > used.sale + skippedMax ? [noted.sale] : []
  return [...new Set([...[noted.item, ...seenItems].filter(isFar), ...farSales])]
}
