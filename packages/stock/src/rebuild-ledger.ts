import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'
import { offersFirstArguments, type OffersFirst } from './offers-first.ts'
import { packOrder, unpackOrder, type RememberedOrder } from './packed-order.ts'
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
  /** Absent: the ledger sells at once. */
  readonly offersFirst?: OffersFirst | undefined
}

const beginScript = readLuaScript('rebuild-begin', 2, new URL('../src/rebuild-begin.lua', import.meta.url))
const loadScript = readLuaScript('rebuild-load', 3, new URL('../src/rebuild-load.lua', import.meta.url))
const commitScript = readLuaScript('rebuild-commit', 7, new URL('../src/rebuild-commit.lua', import.meta.url))

/** Leftovers of a rebuild that died go by themselves; long enough for the largest sale to be loaded. */
const temporaryKeysExpireMs = 10 * 60_000

/** Bound of one load script's argument lists. */
export const loadChunkSizeMax = 1000

/** Stops selling and says which Redis this is; 'LEASE_LOST' when the item's lease is another's. */
export async function beginRebuild(redis: Redis, itemId: number, owner: string): Promise<LedgerRebuild | 'LEASE_LOST'> {
  const { ledger, lock } = ledgerKeys(itemId)
  const reply = (await runLuaScript(redis, beginScript, [ledger, lock], [owner])) as string[]
  if (reply[0] === 'O') return letters.O
  return { itemId, owner, stamp: reply[0]!, foundEpoch: Number(reply[1] || 0) }
}

/** Walks all orders that the ledger found here remembers, a chunk at a time. Delivers some twice when Redis rehashes. */
export async function* rememberedOrders(
  redis: Redis,
  itemId: number,
): AsyncGenerator<({ orderId: string } & RememberedOrder)[]> {
  let cursor = '0'
  do {
    const [next, fields] = await redis.hscan(ledgerKeys(itemId).orders, cursor, 'COUNT', loadChunkSizeMax)
    cursor = next
    const orders: ({ orderId: string } & RememberedOrder)[] = []
    for (let i = 0; i + 1 < fields.length; i += 2) {
      if (fields[i] !== '\0') orders.push({ orderId: fields[i]!, ...unpackOrder(fields[i + 1]!) })
    }
    yield orders
  } while (cursor !== '0')
}

/** Loads orders (short ids) and buyers' units under the rebuild's temporary keys. At most `loadChunkSizeMax` of each. */
export async function loadChunk(
  redis: Redis,
  rebuild: LedgerRebuild,
  orders: readonly ({ orderId: string } & RememberedOrder)[],
  buyers: readonly (readonly [buyer: string, units: number])[],
): Promise<'LOADED' | 'LEASE_LOST'> {
  const { lock } = ledgerKeys(rebuild.itemId)
  const chunk = JSON.stringify([
    orders.flatMap((order) => [order.orderId, packOrder(order)]),
    buyers.flatMap(([buyer, units]) => [buyer, String(units)]),
  ])
  const keys = [lock, ...temporaryKeys(rebuild)]
  const reply = await runLuaScript(redis, loadScript, keys, [rebuild.owner, temporaryKeysExpireMs, chunk])
  return reply === 1 ? 'LOADED' : 'LEASE_LOST'
}

/** Puts the new ledger in place, all at once. Any other outcome leaves the item suspended, for the next rebuild. */
export async function commitRebuild(
  redis: Redis,
  rebuild: LedgerRebuild,
  head: LedgerHead,
): Promise<'COMMITTED' | 'LEASE_LOST' | 'ANOTHER_REDIS' | 'COUNTS_DIFFER'> {
  const keys = ledgerKeys(rebuild.itemId)
  const [reply] = (await runLuaScript(
    redis,
    commitScript,
    [keys.ledger, keys.lock, keys.buyers, keys.orders, keys.outbox, ...temporaryKeys(rebuild)],
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
      ...offersFirstArguments(head.offersFirst),
    ],
  )) as [string]
  switch (reply) {
    case 'OK':
      return 'COMMITTED'
    case 'O':
      return letters.O
    case 'M':
      return 'ANOTHER_REDIS'
    case 'D':
      return letters.D
    default:
      throw new Error(`rebuild-commit.lua answered something unknown: ${reply}`)
  }
}

function temporaryKeys({ itemId, owner }: LedgerRebuild): [orders: string, buyers: string] {
  return [`{item:${itemId}}:rebuild:${owner}:orders`, `{item:${itemId}}:rebuild:${owner}:buyers`]
}
