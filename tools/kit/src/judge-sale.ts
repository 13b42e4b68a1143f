import type { Redis } from 'ioredis'
import { findViolations, type CheckOptions } from './history-checker.ts'
import type { Answer, Violation } from './history.ts'
import type { ProviderBooks } from './judge-payments.ts'
import { askPatiently } from './patience.ts'
import { readStoredItem } from './read-stored-item.ts'

/** One item, all answers that its clients got, and the addresses of both stores. */
export interface JudgedSale {
  readonly itemId: number
  readonly history: readonly Answer[]
  readonly redis: Redis
  readonly databaseUrl: string
  /** What the provider has of this item and of no other. Default: nothing. */
  readonly books?: ProviderBooks
}

/** Compares both stores, as they are now, with all answers that clients got. */
export async function judgeSale(
  { itemId, history, redis, databaseUrl, books }: JudgedSale,
  options?: CheckOptions,
): Promise<Violation[]> {
  const succeeded = books?.payments.filter(({ state }) => state === 'succeeded') ?? []
  const taken = { itemId, paymentIds: succeeded.map(({ paymentId }) => paymentId) }
  return findViolations(history, await readStoredItem(redis, databaseUrl, itemId), { ...options, taken })
}

/** Within this time a killed worker is restarted and a lost ledger is rebuilt. */
const restWithinMs = 40_000
const lookEveryMs = 50

/** Judges repeatedly until nothing is wrong, 40 s at most, since stores come to rest some time after a storm. Resolves with the remaining breaches. */
export function judgeSaleAtRest(sale: JudgedSale, options?: CheckOptions): Promise<Violation[]> {
  return askPatiently(
    () => judgeSale(sale, options),
    (found) => (found.length === 0 ? 'NEVER' : {}),
    { untilMs: restWithinMs, pauseMs: lookEveryMs },
  )
}
