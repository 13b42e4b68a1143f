import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { ledgerKeys } from '../ledger-keys.ts'
import { makeLedger, rebuildClaim } from '../ledger.fixture.ts'
import { beginRebuild, type LedgerRebuild, type RebuildClaim } from '../rebuild-ledger.ts'
import { reserve, type OrderToReserve } from '../reserve.ts'

/** The connection that the tests use: to the real scripts, or to mutants of them. */
export let redis: Redis
let close: () => Promise<void>
let lastItemId = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

export function useConnection(connection: Redis): void {
  redis = connection
}

export const claim = { owner: '', birth: '1', epoch: 1, sequence: 0 }
let lastOrder = 0

export function anOrder(buyer = `buyer-${(lastOrder += 1)}`): OrderToReserve {
  return { orderId: `order-${(lastOrder += 1)}`, buyer, quantity: 1 }
}

/** The number of an item without a ledger. */
export function aNewItem(): number {
  lastItemId += 1
  return lastItemId
}

export async function aLedger(overrides: Parameters<typeof makeLedger>[2] = {}): Promise<number> {
  const item = aNewItem()
  await makeLedger(redis, item, overrides)
  return item
}

export async function anOrderPlaced(item: number): Promise<OrderToReserve> {
  const order = anOrder('ann')
  await reserve(redis, item, claim, [order])
  return order
}

export const nothingFound = { found: undefined, movedTo: undefined }

export async function begin(item: number, owner: string, changes: Partial<RebuildClaim> = {}): Promise<LedgerRebuild> {
  const own = await rebuildClaim(redis, owner, { birth: '1', epoch: 1 })
  const rebuild = await beginRebuild(redis, item, { ...own, ...changes })
  if (typeof rebuild === 'string') throw new Error(rebuild)
  return rebuild
}

export async function stampOf(item: number): Promise<string> {
  return (await redis.hget(ledgerKeys(item).ledger, 'stamp'))!
}

export async function everything(item: number): Promise<unknown> {
  const { ledger, buyers, orders, outbox } = ledgerKeys(item)
  return Promise.all([
    redis.hgetall(ledger),
    redis.hgetall(buyers),
    redis.hgetall(orders),
    redis.xrange(outbox, '-', '+'),
  ])
}
