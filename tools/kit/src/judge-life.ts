import { findFeedViolations, paidOrdersTold, readOrderLives, type FeedViolation, type OrderLife } from './judge-feed.ts'
import { findPaymentViolations, judgePayments, type PaymentViolation, type ProviderBooks } from './judge-payments.ts'
import { judgeSale, type JudgedSale } from './judge-sale.ts'
import { judgeWaits, type WaitViolation } from './judge-waits.ts'
import type { FeedReader } from './feed-reader.ts'
import type { CheckOptions } from './history-checker.ts'
import type { Violation } from './history.ts'
import type { OrderNote } from './paying-buyers.ts'

/** One item whose sale asks for payment, and all that was told of it from outside. */
export interface JudgedLife extends JudgedSale {
  /** What the provider has of this item and of no other. */
  readonly books: ProviderBooks
  /** Who read the feed since before the first order. It is read on to its end. */
  readonly reader: FeedReader
  readonly notes?: readonly OrderNote[]
}

/** A breach of I8 (docs/invariants.md), in words: a definite answer of the past is not true any more. */
export interface StatusViolation {
  readonly invariant: 'I8'
  readonly fault: 'STATUS_TAKEN_BACK'
  readonly detail: string
}

export type LifeViolation = Violation | PaymentViolation | WaitViolation | FeedViolation | StatusViolation

/**
 * The breaches of I1 to I6, I9 and I11 in the stores, of I8 in what buyers were told, of I12 in the provider's books, by the rows and by the
 * feed, and of I13 in what the reader was told.
 */
export async function judgeLife(life: JudgedLife, options: CheckOptions = {}): Promise<LifeViolation[]> {
  const { itemId, databaseUrl, books, reader, notes = [] } = life
  while (await reader.read());
  const told = reader.told.filter((event) => event.itemId === itemId)
  const lives = await readOrderLives(databaseUrl, itemId)
  return [
    ...(await judgeSale(life, { ...options, unitsCameBack: true })),
    ...findStatusesTakenBack(notes, lives),
    ...(await judgePayments(books, databaseUrl, itemId)),
    ...findPaymentViolations(books, paidOrdersTold(told)),
    ...(await judgeWaits(databaseUrl, itemId)),
    ...findFeedViolations(told, lives),
  ]
}

/** A status that a buyer was told is one that the order has had. */
export function findStatusesTakenBack(notes: readonly OrderNote[], lives: readonly OrderLife[]): StatusViolation[] {
  const statusesOf = new Map(lives.map(({ orderId, statuses }) => [orderId, statuses]))
  return notes.flatMap(({ orderId, buyer, status }) => {
    const had = statusesOf.get(orderId) ?? []
    if (status === undefined || had.includes(status)) return []
    const detail = `order ${orderId} of ${buyer}: told was ${status}; it was ${had.join(', ') || 'never there'}`
    return [{ invariant: 'I8', fault: 'STATUS_TAKEN_BACK', detail }]
  })
}
