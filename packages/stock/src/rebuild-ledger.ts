import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'
import { isPackedOrder, unpackOrder, type RememberedOrder } from './packed-order.ts'
import type { StoredState } from './change-ledger.ts'

/** A rebuild under way in this Redis. */
export interface LedgerRebuild {
  readonly itemId: number
  readonly owner: string
  readonly stamp: string
  /** Epoch of the ledger that was found; 0 when there was none. */
  readonly foundEpoch: number
}

/** The new ledger, apart from its orders and buyers. */
export interface LedgerHead {
  readonly epoch: number
  readonly state: StoredState
  readonly total: number
  readonly available: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
  readonly orderCount: number
  readonly buyerCount: number
}

/** What a step of a rebuild answers when it did nothing. `ANOTHER_REDIS`: or the rebuild is nobody's any more. */
export type RebuildRefusal = 'LEASE_LOST' | 'ANOTHER_REDIS'

const beginScript = readLuaScript('rebuild-begin', 2, new URL('../src/rebuild-begin.lua', import.meta.url))
const loadScript = readLuaScript('rebuild-load', 4, new URL('../src/rebuild-load.lua', import.meta.url))
const dropScript = readLuaScript('rebuild-drop', 4, new URL('../src/rebuild-drop.lua', import.meta.url))
const commitScript = readLuaScript('rebuild-commit', 5, new URL('../src/rebuild-commit.lua', import.meta.url))

/** The chunk of a ledger without orders. */
export const emptyChunk = '[[],[]]'

const scanCount = 2_048

/** Stops selling and says which Redis this is; 'LEASE_LOST' when the item's lease is another's. */
export async function beginRebuild(redis: Redis, itemId: number, owner: string): Promise<LedgerRebuild | 'LEASE_LOST'> {
  const { ledger, lock } = ledgerKeys(itemId)
  const reply = (await runLuaScript(redis, beginScript, [ledger, lock], [owner])) as string[]
  if (reply[0] === 'O') return letters.O
  return { itemId, owner, stamp: reply[0]!, foundEpoch: Number(reply[1] || 0) }
}

/**
 * Walks all orders that the ledger found here remembers, a chunk at a time. Delivers some twice when Redis rehashes. What none of our
 * scripts writes is passed over.
 */
export async function* rememberedOrders(
  redis: Redis,
  itemId: number,
): AsyncGenerator<({ orderId: string } & RememberedOrder)[]> {
  let cursor = '0'
  do {
    const [next, fields] = await redis.hscan(ledgerKeys(itemId).orders, cursor, 'COUNT', scanCount)
    cursor = next
    const orders: ({ orderId: string } & RememberedOrder)[] = []
    for (let i = 0; i + 1 < fields.length; i += 2) {
      if (isPackedOrder(fields[i + 1]!)) orders.push({ orderId: fields[i]!, ...unpackOrder(fields[i + 1]!) })
    }
    yield orders
  } while (cursor !== '0')
}

/**
 * Brings a chunk of both hashes to what it says, and leaves what is right as it is. `chunk`: JSON `[[orderId, packed, ..],
 * [buyer, units, ..]]`, all of it strings, ids in their short spelling. Redis does nothing else meanwhile: some 500 orders keep it a
 * few ms.
 */
export async function loadChunk(
  redis: Redis,
  rebuild: LedgerRebuild,
  chunk: string,
): Promise<'LOADED' | RebuildRefusal> {
  const { ledger, lock, orders, buyers } = ledgerKeys(rebuild.itemId)
  const args = [rebuild.owner, rebuild.stamp, chunk]
  const reply = await runLuaScript(redis, loadScript, [ledger, lock, orders, buyers], args)
  return refusalOf(loadScript, reply) ?? 'LOADED'
}

/** Drops both hashes, so that they are loaded afresh. Everything that they know has to be in Postgres. */
export async function dropHashes(redis: Redis, rebuild: LedgerRebuild): Promise<'DROPPED' | RebuildRefusal> {
  const { ledger, lock, orders, buyers } = ledgerKeys(rebuild.itemId)
  const args = [rebuild.owner, rebuild.stamp]
  return refusalOf(dropScript, await runLuaScript(redis, dropScript, [ledger, lock, orders, buyers], args)) ?? 'DROPPED'
}

/**
 * Opens the new ledger. `COUNTS_DIFFER`: its hashes know more than was loaded, or lost some of it. Any other outcome leaves the item
 * suspended, for the next rebuild.
 */
export async function commitRebuild(
  redis: Redis,
  rebuild: LedgerRebuild,
  head: LedgerHead,
): Promise<'COMMITTED' | 'COUNTS_DIFFER' | RebuildRefusal> {
  const keys = ledgerKeys(rebuild.itemId)
  const reply = await runLuaScript(
    redis,
    commitScript,
    [keys.ledger, keys.lock, keys.buyers, keys.orders, keys.outbox],
    [
      rebuild.owner,
      rebuild.stamp,
      head.orderCount,
      head.buyerCount,
      head.epoch,
      head.state,
      head.total,
      head.available,
      head.purchaseLimit,
      head.opensAtMs,
      head.closesAtMs,
    ],
  )
  if ((reply as [string])[0] === 'D') return letters.D
  return refusalOf(commitScript, reply) ?? 'COMMITTED'
}

function refusalOf({ name }: { readonly name: string }, reply: unknown): RebuildRefusal | undefined {
  const [letter] = reply as [string]
  if (letter === 'OK') return undefined
  if (letter === 'O') return letters.O
  if (letter === 'M') return 'ANOTHER_REDIS'
  throw new Error(`${name}.lua answered something unknown: ${letter}`)
}
