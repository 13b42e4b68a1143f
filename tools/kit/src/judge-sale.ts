import type { Redis } from 'ioredis'
import { findViolations, type CheckOptions } from './history-checker.ts'
import type { Answer, Violation } from './history.ts'
import { askPatiently } from './patience.ts'
import { readStoredItem } from './read-stored-item.ts'

/** One item, everything that its clients were told, and where both stores are. */
export interface JudgedSale {
  readonly itemId: number
  readonly history: readonly Answer[]
  readonly redis: Redis
  readonly databaseUrl: string
}

/** Holds both stores, as they are now, against everything that clients were told. */
export async function judgeSale(
  { itemId, history, redis, databaseUrl }: JudgedSale,
  options?: CheckOptions,
): Promise<Violation[]> {
  return findViolations(history, await readStoredItem(redis, databaseUrl, itemId), options)
}

/** A worker that was killed is started again, and an item that was lost is rebuilt, within this. */
const restWithinMs = 40_000
const lookEveryMs = 50

/** Judges again until nothing is wrong any more, 40 s at most: stores come to rest after a storm. Resolves with what stays wrong. */
export function judgeSaleAtRest(sale: JudgedSale, options?: CheckOptions): Promise<Violation[]> {
  return askPatiently(
    () => judgeSale(sale, options),
    (found) => (found.length === 0 ? 'NEVER' : {}),
    { untilMs: restWithinMs, pauseMs: lookEveryMs },
  )
}
