import { createFeedReader, type FeedReader } from '@flash-sale/kit/feed-reader'
import type { ProviderBooks } from '@flash-sale/kit/judge-payments'
import { openSale } from '@flash-sale/kit/open-sale'
import type { OrderNote } from '@flash-sale/kit/paying-buyers'
import { oneOf } from '../faults/fault.ts'
import type { Town } from '../town/town.ts'
import type { SoldItem } from './crowd.ts'

/** An item whose sale asks for payment, and all that is known of it outside the service. */
export interface PaidItem extends SoldItem {
  /** What its buyers were told after their orders were accepted. */
  readonly notes: OrderNote[]
  readonly reader: FeedReader
  /** What the provider has of its payments. */
  readonly books: () => ProviderBooks
}

export interface PaidItemOptions {
  readonly name: string
  /** Where the feed is read from. Default: its beginning. */
  readonly feedFrom: string | undefined
  readonly signal: AbortSignal
}

/** Few enough that they are sold out within seconds, and that each unit that comes back is wanted. */
const unitCount = 40
const purchaseLimit = 2
/** So short that orders expire during a fault and before the end of its round. */
const payWithinSeconds = 2
/** A paused API holds the reader no longer. */
const readWithinMs = 4_000

/** Puts an item on sale whose orders have to be paid. */
export async function openPaidItem(town: Town, { name, feedFrom, signal }: PaidItemOptions): Promise<PaidItem> {
  const { books } = town.payments
  const before = new Set(books.payments.map(({ paymentId }) => paymentId))
  const items = [{ total: unitCount, purchaseLimit }]
  const { saleId, item } = await openSale(town.operator(town.apis[0]!), { name, items, payWithinSeconds }, signal)
  const reader = createFeedReader(() => town.operator(oneOf(town.apis, Math.random), readWithinMs), feedFrom)
  const isOwn = ({ paymentId }: { readonly paymentId: string }) => !before.has(paymentId)
  return {
    saleId,
    itemId: item.itemId,
    purchaseLimit,
    history: [],
    notes: [],
    reader,
    books: () => ({ payments: books.payments.filter(isOwn), refunds: books.refunds.filter(isOwn) }),
  }
}
