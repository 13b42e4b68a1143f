import { orderOutcomes } from '@flash-sale/contract/order-outcomes'
import { readKnownItems } from '@flash-sale/database/items'
import { createKnownLedgers, type KnownLedgers } from '@flash-sale/stock/known-ledgers'
import { deriveKeylessOrderId, deriveOrderId, orderUuid } from '@flash-sale/stock/order-id'
import { createReservationBatcher, type Reservation } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch, type ReserveStrategyName } from '@flash-sale/stock/reserve-strategy'
import type { Answer } from '@flash-sale/kit/history'
import type { OpenStores } from './open-stores.ts'
import type { PlaceOrder } from '@flash-sale/kit/place-order'

export interface Shop {
  readonly place: PlaceOrder
  /** What this "process" knows of the ledgers. */
  readonly ledgers: KnownLedgers
}

export interface ShopOptions {
  readonly strategy?: ReserveStrategyName
  readonly deadlineMs?: number
  /** Orders are sent without a key, as in a sale with this window; the key of a wish is then only the name of the attempt. */
  readonly duplicateWindowMs?: number
  /** How far the clock of this "process" is ahead. */
  readonly aheadMs?: number
}

/**
 * The API's way of an order without its HTTP, in this process: knowledge of the ledgers and a batcher of its own, as one API
 * process has them. Nobody rings for the worker. Every answer is added to the history.
 */
export async function openShop(
  { redis, database, locks }: OpenStores,
  itemId: number,
  history: Answer[],
  { strategy = 'gate', deadlineMs = 3_000, duplicateWindowMs: windowMs, aheadMs = 0 }: ShopOptions = {},
): Promise<Shop> {
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  await ledgers.find(itemId)
  const batcher = createReservationBatcher({
    send: createSendBatch(strategy, redis, ledgers, locks),
    batchSizeMax: 256,
    pendingCountMax: 20_000,
    deadlineMs,
    onAccepted: () => undefined,
    onError: () => undefined,
  })
  const place: PlaceOrder = async ({ buyer, key, quantity }) => {
    const askedAtMs = performance.now()
    const arrivedAtMs = Date.now() + aheadMs
    const { id, firstIds = [] } =
      windowMs === undefined
        ? { id: deriveOrderId(itemId, buyer, key) }
        : deriveKeylessOrderId(itemId, { buyer, quantity }, windowMs, arrivedAtMs)
    const keyless = windowMs === undefined ? {} : { keyless: { firstIds, windowMs, arrivedAtMs } }
    const reservation = await new Promise<Reservation>((answer) =>
      batcher.reserve(itemId, { orderId: id.short, buyer, quantity, ...keyless }, answer),
    )
    const facts = orderOutcomes[reservation.kind]
    const outcome: Answer['outcome'] = 'problem' in facts ? facts.problem : 'ACCEPTED'
    const orderId = 'firstId' in reservation ? orderUuid(reservation.firstId) : id.uuid
    const named = outcome === 'ACCEPTED' || outcome === 'OUTCOME_UNKNOWN' ? { orderId } : {}
    const answer = { buyer, key, quantity, outcome, askedAtMs, answeredAtMs: performance.now(), ...named }
    history.push(answer)
    return answer
  }
  return { place, ledgers }
}
