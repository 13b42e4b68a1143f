import { setTimeout as sleep } from 'node:timers/promises'
import { createDoorbell } from '@flash-sale/queue/order-queue'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { reserve, type OrderToReserve } from '@flash-sale/stock/reserve'
import type { Redis } from 'ioredis'

export interface FillOptions {
  readonly orderCount: number
  /** Orders in one outbox entry. */
  readonly batchSize: number
}

/** Sells so many units of an item, each to another buyer, in the ledger itself: quicker than over HTTP, and the same orders. */
export async function fillLedger(redis: Redis, itemId: number, { orderCount, batchSize }: FillOptions): Promise<void> {
  const ledger = await readLedger(redis, itemId)
  if (ledger === 'NOT_LOADED') throw new Error(`item ${itemId} has no ledger`)
  const claim = { owner: '', birth: ledger.birth, epoch: ledger.epoch, sequence: 0 }
  for (let first = 0; first < orderCount; first += batchSize) {
    const orders = ordersFrom(itemId, first, Math.min(batchSize, orderCount - first))
    const outcome = await untilFree(() => reserve(redis, itemId, claim, orders))
    if (outcome.kind !== 'JUDGED' || outcome.verdicts.some((verdict) => verdict !== 'RESERVED')) {
      const why = outcome.kind === 'JUDGED' ? [...new Set(outcome.verdicts)].join(', ') : outcome.kind
      throw new Error(`item ${itemId} did not take the orders it was filled with: ${why}`)
    }
  }
}

const freeWithinMs = 10_000

/** A worker that is at work looks after each new item for a moment, and holds its lease meanwhile. */
async function untilFree<Outcome extends { readonly kind: string }>(ask: () => Promise<Outcome>): Promise<Outcome> {
  const giveUpAtMs = performance.now() + freeWithinMs
  for (;;) {
    const outcome = await ask()
    if (outcome.kind !== 'BUSY' || performance.now() > giveUpAtMs) return outcome
    await sleep(lookEveryMs)
  }
}

/** Names no buyer that a token was made for. */
function ordersFrom(itemId: number, first: number, count: number): OrderToReserve[] {
  return Array.from({ length: count }, (_, i) => {
    const buyer = `filler-${first + i}`
    return { orderId: deriveOrderId(itemId, buyer, undefined).short, buyer, quantity: 1 }
  })
}

/** Rings for what waits in an item's outbox, as an API does after its batches. Resolves when the bell is heard. */
export async function ringFor(redis: Redis, itemId: number): Promise<void> {
  const ledger = await readLedger(redis, itemId)
  if (ledger === 'NOT_LOADED' || ledger.oldestEntryId === undefined) return
  const connection = redis.duplicate()
  const doorbell = createDoorbell(connection, () => undefined)
  await doorbell.queue.add('persist', { itemId, epoch: ledger.epoch, entryId: ledger.oldestEntryId })
  await doorbell.close()
  connection.disconnect()
}

const drainedWithinMs = 120_000
const lookEveryMs = 2

/** Resolves when nothing waits in an item's outbox any more. */
export async function untilDrained(redis: Redis, outbox: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + drainedWithinMs
  while ((await redis.xlen(outbox)) > 0) {
    signal.throwIfAborted()
    if (performance.now() > deadline) throw new Error(`the outbox was not empty in ${drainedWithinMs / 1_000} s`)
    await sleep(lookEveryMs)
  }
}
