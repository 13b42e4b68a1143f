import { setTimeout as sleep } from 'node:timers/promises'
import { connectDatabase } from '@flash-sale/database/connect'
import { readKnownItems } from '@flash-sale/database/items'
import { createLocks } from '@flash-sale/lock/locks'
import { createDoorbell } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { connectRedis } from '@flash-sale/runtime/redis'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { createReservationBatcher, type Reservation } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch } from '@flash-sale/stock/reserve-strategy'
import type { Sell, Shop } from './strategy.ts'

/** The product's own order path, without HTTP. */
export async function open({ product, waitMs, at, onClose }: Shop): Promise<Sell> {
  const { redisUrl, databaseUrl, itemId } = product
  const logger = createLogger({ name: 'lab', level: 'silent' })
  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger })
  const bellRedis = connectRedis({ url: redisUrl, role: 'queue-producer', logger })
  const database = connectDatabase(databaseUrl, { poolSizeMax: 2, statementTimeoutMs: 5_000 })
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  const doorbell = createDoorbell(bellRedis, () => undefined)
  const locks = createLocks(redis)
  const send = createSendBatch('gate', redis, ledgers, locks)
  await ledgers.find(itemId)
  const batcher = createReservationBatcher({
    // One script judges a whole batch and writes stock, orders and outbox at once.
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
    onAccepted: (batch) => doorbell.ring(batch),
    onError: () => undefined,
  })
  onClose(async () => {
    await batcher.close()
    await doorbell.close()
    locks.close()
    for (const connection of [redis, bellRedis]) connection.disconnect()
    await database.$disconnect()
  })

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
