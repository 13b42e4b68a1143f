import { setTimeout as sleep } from 'node:timers/promises'
import { isAccepted, orderOutcomes } from '@flash-sale/contract/order-outcomes'
import type { Database } from '@flash-sale/database/connect'
import { checkAgainSoon, settleLatePayment, type DuePayment, type LateSettled } from '@flash-sale/database/due-payments'
import { cancelOrders } from '@flash-sale/database/end-orders'
import { unsettleItems } from '@flash-sale/database/unsettled-items'
import type { KnownLedgers } from '@flash-sale/stock/known-ledgers'
import { derivePaymentOrderId } from '@flash-sale/stock/order-id'
import type { Reservation, ReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { giveBackAtOnce } from '@flash-sale/upkeep/give-back-at-once'
import type { Redis } from 'ioredis'

export interface BuyingContext {
  readonly redis: Redis
  readonly database: Database
  readonly ledgers: KnownLedgers
  readonly batcher: ReservationBatcher
  /** Persists what waits in the outbox of an item. */
  readonly drain: (itemId: number) => Promise<void>
  /** How long it is waited for. Default: 3 s. */
  readonly drainWithinMs?: number
}

/** One item's drain may wait for a rebuild. The other payments of a look do not wait for that. */
const drainWithinMsDefault = 3_000

/**
 * Has late money buy an order in place of the one that ended, by the way that every order takes. The ledger's final refusal sends the money
 * back. Doing it again, in any process and after any crash, is harmless: the id of the order follows from the payment, and Postgres decides
 * once.
 */
export async function buyAgain(context: BuyingContext, payment: DuePayment): Promise<LateSettled> {
  const { redis, database, drain, drainWithinMs = drainWithinMsDefault } = context
  const { id, itemId, buyer } = payment
  const order = derivePaymentOrderId(itemId, buyer, id)
  const settled = await settleLatePayment(database, id, order.uuid, undefined)
  if (settled !== 'waiting') return settled
  // The units of the ended order are about to be for sale again, and count against the buyer's limit until then.
  if (payment.isReturning) return waitForIt()
  const { kind } = await reserve(context, payment, order.short)
  // The sweep passes over a settled item, and so nothing else would load its ledger.
  if (kind === 'NOT_LOADED') await unsettleItems(database, [itemId])
  if (isAccepted(kind)) await Promise.race([drain(itemId), sleep(drainWithinMs, undefined, { ref: false })])
  const again = await settleLatePayment(database, id, order.uuid, refusalOf(kind))
  // Another worker has sent the money back, while this one was stopped: nothing pays this order.
  if (again === 'known' && isAccepted(kind)) {
    const [ended] = await cancelOrders(database, itemId, [order.uuid], unpaid)
    // What fails is given back by the sweep.
    if (ended?.kind === 'ENDED') await giveBackAtOnce({ redis, database }, itemId, order.uuid, () => undefined)
  }
  return again === 'waiting' ? waitForIt() : again

  async function waitForIt(): Promise<'waiting'> {
    await checkAgainSoon(database, id)
    return 'waiting'
  }
}

/** A paid order stays. */
const unpaid = { from: ['confirmed'], sellAgain: true, detail: { by: 'payment' } } as const

async function reserve(
  { ledgers, batcher }: BuyingContext,
  { itemId, buyer, quantity }: DuePayment,
  orderId: string,
): Promise<Reservation> {
  await ledgers.find(itemId)
  return new Promise((answer) => batcher.reserve(itemId, { orderId, buyer, quantity }, answer))
}

/** Why the order is refused for good; undefined if it is not. */
function refusalOf(kind: Reservation['kind']): string | undefined {
  const facts = orderOutcomes[kind]
  return 'problem' in facts && facts.isDefinite && facts.retry !== 'soon' ? facts.problem : undefined
}
