import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { Redis } from 'ioredis'
import type { Ground } from '../ground.ts'
import { oneOf } from '../load/buyers.ts'
import { fillLedger, ringFor, untilDrained } from '../load/fill-ledger.ts'
import type { OrderRequest } from '@flash-sale/kit/order-request'
import { forgetItems, openItem, openItems, requireSold } from '../load/sales.ts'
import { interleave } from '../measure/interleave.ts'
import { residentBytes } from '../measure/process-cpu.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus, type Slice } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import type { Part } from '../measure/watch-cpu.ts'
import type { Api } from '../stack.ts'
import { cpuSpreads } from './storm.ts'

/** What an order costs in a ledger that holds so many. */
export interface SizeFigure {
  readonly orderCount: number
  readonly cpuMicros: Readonly<Partial<Record<Part, Spread>>>
  /** CPU of API and Redis an order, against the ledger of 10,000. Missing where CPU cannot be seen. */
  readonly costOfTenThousand?: Spread
  /** At rest: all of it in Postgres, one order a buyer. */
  readonly bytesAnOrder: number
  /** The same by how much more memory Redis holds as a whole. */
  readonly usedBytesAnOrder: number
  readonly residentBytes: { readonly api?: number; readonly worker?: number; readonly redis?: number }
}

/** The size that others are compared with: usual, but above Redis' listpack limit. */
const baseSize = 10_000
/** Ledgers up to this size are made anew for each round. Larger ledgers hardly grow by the orders of a round. */
const freshSizeMax = 100_000
const fillBatchSize = 256

/** (j) The same orders sold from ledgers of very different size. */
export async function measureSize(ground: Ground): Promise<SizeFigure[]> {
  const { settings, say: onSlice, signal } = ground
  const api = await ground.api()
  const atRest = await measureAtRest(ground, api)
  const apiBytes = new Map<number, number[]>()
  const slices: Partial<Record<string, Slice[]>> = await interleave(
    Object.fromEntries(
      settings.ledgerSizes.map((size) => [
        nameOf(size),
        async () => {
          const slice = await sellFrom(ground, api, size, atRest.get(size)!.itemId)
          apiBytes.set(size, [...(apiBytes.get(size) ?? []), residentBytes(api.pid) ?? 0])
          return slice
        },
      ]),
    ),
    { ...settings, signal, onSlice },
  )
  for (const orderCount of settings.ledgerSizes.filter((size) => size > freshSizeMax)) {
    const sold = slices[nameOf(orderCount)]!.reduce((sum, slice) => sum + slice.answerCount, 0)
    const warmUps = settings.warmUpRounds * slices[nameOf(orderCount)]![0]!.answerCount
    await requireSold(api, [atRest.get(orderCount)!.itemId], orderCount + sold + warmUps)
  }
  const costs = (size: number) =>
    (slices[nameOf(size)] ?? []).flatMap(({ cpuMicros: { api: ofApi, redis } }) =>
      ofApi === undefined || redis === undefined ? [] : [ofApi + redis],
    )
  return settings.ledgerSizes.map((orderCount) => {
    const { residentBytes: resident, itemId: _, ...bytes } = atRest.get(orderCount)!
    return {
      orderCount,
      cpuMicros: cpuSpreads(slices[nameOf(orderCount)]!),
      ...(costs(orderCount).length > 0 &&
        costs(baseSize).length > 0 && { costOfTenThousand: ratioOf(costs(orderCount), costs(baseSize)) }),
      ...bytes,
      residentBytes: { ...resident, api: spreadOf(apiBytes.get(orderCount)!).median },
    }
  })
}

function nameOf(size: number): string {
  return `ledger of ${size} orders`
}

type AtRest = Pick<SizeFigure, 'bytesAnOrder' | 'usedBytesAnOrder' | 'residentBytes'> & { readonly itemId: number }

/** Fills a ledger of each size, lets the worker persist all orders, and then reads the memory. */
async function measureAtRest(ground: Ground, api: Api): Promise<Map<number, AtRest>> {
  const { redis, settings, signal, say } = ground
  const worker = await ground.startWorker()
  const found = new Map<number, AtRest>()
  for (const orderCount of settings.ledgerSizes) {
    say(`filling a ledger of ${orderCount} orders`)
    const itemId = await openItem(api)
    const usedBefore = await usedMemory(redis)
    await fillLedger(redis, itemId, { orderCount, batchSize: fillBatchSize })
    await ringFor(redis, itemId)
    await untilDrained(redis, ledgerKeys(itemId).outbox, signal)
    await requireSold(api, [itemId], orderCount)
    const [ofWorker, ofRedis] = [residentBytes(worker.pid), residentBytes(ground.redisPid)]
    found.set(orderCount, {
      itemId,
      bytesAnOrder: (await keyBytes(redis, itemId)) / orderCount,
      usedBytesAnOrder: ((await usedMemory(redis)) - usedBefore) / orderCount,
      residentBytes: {
        ...(ofWorker !== undefined && { worker: ofWorker }),
        ...(ofRedis !== undefined && { redis: ofRedis }),
      },
    })
  }
  await worker.stop()
  return found
}

/**
 * Sells the same number of orders for each size: from many small ledgers one after the other, or from one large ledger. Each ledger has
 * about the given size meanwhile.
 */
async function sellFrom(ground: Ground, api: Api, size: number, filledItemId: number): Promise<Slice> {
  const { settings, redis } = ground
  const { connections, ordersOfSize } = settings
  // A ledger that grows by half its size while it is measured has that size on average.
  const lapsEach = Math.max(1, Math.floor(Math.min(size / 2, ordersOfSize) / connections))
  const itemCount = Math.max(1, Math.round(ordersOfSize / (lapsEach * connections)))
  const isFresh = size <= freshSizeMax
  const itemIds = isFresh ? await openItems(api, itemCount) : [filledItemId]
  const growth = lapsEach * connections
  if (isFresh) {
    for (const itemId of itemIds) {
      await fillLedger(redis, itemId, {
        orderCount: Math.max(0, size - Math.round(growth / 2)),
        batchSize: fillBatchSize,
      })
    }
  }
  const bodies = itemIds.map(oneOf)
  const slice = await pressSlice(ground, {
    servers: [api],
    until: { laps: 1 },
    requestsOf: (connection) =>
      bodies.flatMap((body) => Array.from({ length: lapsEach }, (_, lap) => buyOf(ground, body, connection, lap))),
  })
  requireStatus(slice, acceptedStatus)
  if (isFresh) {
    const filled = itemIds.length * Math.max(0, size - Math.round(growth / 2))
    await requireSold(api, itemIds, slice.answerCount + filled)
    await forgetItems(ground, itemIds)
  }
  return slice
}

/** Each connection has buyers of its own, as everywhere. */
function buyOf({ buyers, settings }: Ground, body: string, connection: number, lap: number): OrderRequest {
  const ownCount = Math.max(1, Math.floor(buyers.length / settings.connections))
  return { token: buyers[(connection * ownCount + (lap % ownCount)) % buyers.length]!, body }
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
}

/** Of all keys of an item, every element counted. */
async function keyBytes(redis: Redis, itemId: number): Promise<number> {
  let bytes = 0
  for (const key of Object.values(ledgerKeys(itemId))) bytes += (await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0
  return bytes
}
