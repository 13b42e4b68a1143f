import { startOffering } from '@flash-sale/api/memory/start-offering'
import { connectDatabase } from '@flash-sale/database/connect'
import { readKnownItems } from '@flash-sale/database/items'
import { createLocks } from '@flash-sale/lock/locks'
import { createDoorbell } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { connectRedis } from '@flash-sale/runtime/redis'
import { createAcceptedBatches } from '@flash-sale/stock/accepted-batches'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import type { AcceptedBatch } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch, type SendBatch } from '@flash-sale/stock/reserve-strategy'
import type { Shop } from '../strategies/strategy.ts'

/** The parts of an API process that an order passes, connected as the API connects them. */
export interface OrderPath {
  /** Sends a batch to the script of its item. */
  readonly send: SendBatch
  readonly ringDoorbell: (batch: AcceptedBatch) => void
}

const batchSizeMax = 256
const memory = { bytesMax: 64 * 1_024 * 1_024, ageMaxMs: 3_600_000 }

/** Opens the order path of one item. The process remembers what Redis accepted, and offers it again to a Redis that lost it. */
export async function openOrderPath({ product, onClose }: Pick<Shop, 'product' | 'onClose'>): Promise<OrderPath> {
  const { redisUrl, databaseUrl, itemId } = product
  const logger = createLogger({ name: 'lab', level: 'silent' })
  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger })
  const bellRedis = connectRedis({ url: redisUrl, role: 'queue-producer', logger })
  const database = connectDatabase(databaseUrl, { poolSizeMax: 2, statementTimeoutMs: 5_000 })
  const locks = createLocks(redis)
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  await ledgers.find(itemId)
  const doorbell = createDoorbell(bellRedis, () => undefined)
  const ringDoorbell = (batch: AcceptedBatch) => doorbell.ring(batch)
  const accepted = createAcceptedBatches(memory)
  const offering = startOffering(
    { stores: { redis, database, locks }, accepted, watch: { belonging: () => 'TOGETHER' } },
    { logger, ring: ringDoorbell, processName: `lab:${process.pid}`, batchSizeMax },
  )
  onClose(async () => {
    offering.close()
    await doorbell.close()
    locks.close()
    for (const connection of [redis, bellRedis]) connection.disconnect()
    await database.$disconnect()
  })
  return { send: createSendBatch('gate', redis, ledgers, locks, accepted.remember), ringDoorbell }
}
