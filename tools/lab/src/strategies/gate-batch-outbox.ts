import { setTimeout as sleep } from 'node:timers/promises'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { createReservationBatcher, type Reservation } from '@flash-sale/stock/reservation-batcher'
import { openOrderPath } from '../seller/order-path.ts'
import type { Sell, Shop } from './strategy.ts'

/** The product's own order path, without HTTP. */
export async function open({ product, waitMs, at, onClose }: Shop): Promise<Sell> {
  const { send, ringDoorbell } = await openOrderPath({ product, onClose })
  const { itemId } = product
  const batcher = createReservationBatcher({
    // One script, reserve.lua, judges a whole batch and writes stock, orders and outbox at once.
    send: async (item, begin) => {
      await at('before its batch goes to Redis')
      const judged = await send(item, begin)
      if (judged.kind === 'JUDGED' && judged.entry) await at('after Redis accepted its batch')
      return judged
    },
    batchSizeMax: 256,
    pendingCountMax: 20_000,
    deadlineMs: 3_000,
    // Only a hint: the worker finds the outbox entry without it.
    onAccepted: ringDoorbell,
    onError: () => undefined,
  })
  onClose(() => batcher.close())

  return async (buyer) => {
    // The same attempt has the same id, however often it is sent.
    const { short: orderId } = deriveOrderId(itemId, buyer, 'the only order')
    const until = performance.now() + waitMs
    for (;;) {
      const { kind } = await new Promise<Reservation>((answer) =>
        batcher.reserve(itemId, { orderId, buyer, quantity: 1 }, answer),
      )
      if (kind === 'RESERVED' || kind === 'REPLAYED') return 'sold'
      if (kind === 'SOLD_OUT') return 'sold out'
      if (performance.now() > until) return 'gave up'
      await sleep(20)
    }
  }
}
