import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { deploymentKey, ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'
import { makingText, type Making } from './making.ts'
import { offersFirstArguments, type OffersFirst } from './offers-first.ts'
import { isPackedOrder, unpackOrder, type RememberedOrder } from './packed-order.ts'
import { isStoredState, type StoredState } from './change-ledger.ts'

/** A rebuild under way in this Redis. */
export interface LedgerRebuild {
  readonly itemId: number
  readonly birth: string
  readonly owner: string
  readonly stamp: string
  /** Epoch of the ledger that was found; 0 when there was none. */
  readonly foundEpoch: number
  /** What the ledger of this item that was found here says; undefined when there was none, or not a whole one. */
  readonly found: FoundLedger | undefined
  /** The beginning of the names of the keys that another item left under this number, and that were moved aside. */
  readonly movedTo: string | undefined
}

/** What a ledger says that is to be made anew, believable or not. Units are counts, times are milliseconds since 1970. */
export interface FoundLedger {
  readonly epoch: number
  readonly total: number
  readonly totalVersion: number
  readonly endedCount: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
  /** That of its sale, however the ledger itself was closed. Undefined in a ledger of the version before. */
  readonly state: StoredState | undefined
}

/** A ledger, and how far it had come. */
export interface SeenLedger extends Making {
  readonly sequence: number
}

/** Who begins a rebuild, of which item, and which Redis it means. */
export interface RebuildClaim extends Making {
  readonly owner: string
  /** What Postgres knows of its Redis: what `deploymentKey` holds there, and the run id. */
  readonly deployment: string
  readonly redisRun: string
  /** The item's ledger as the caller saw it last: one that has come less far since has lost writes. */
  readonly seen?: SeenLedger | undefined
}

/** The new ledger, apart from its orders and buyers. */
export interface LedgerHead extends Making {
  readonly saleId: number
  readonly state: StoredState
  /** As Postgres has it. The ledger of an oversold item is closed whatever its sale is. */
  readonly saleState: StoredState
  readonly total: number
  readonly totalVersion: number
  readonly available: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
  readonly orderCount: number
  /** Of these, those that ended: the ledger counts them for itself from here on. */
  readonly endedCount: number
  readonly buyerCount: number
  /** Absent: the ledger sells at once. */
  readonly offersFirst?: OffersFirst | undefined
}

export interface LoadedChunk {
  readonly kind: 'LOADED'
  readonly orderCount: number
  /** Of these, those that ended. */
  readonly endedCount: number
  /** Buyers who hold units by these orders. */
  readonly buyerCount: number
  readonly heldUnits: number
  /** Short ids of orders that gave their units back here, and hold some in Postgres; they stay as they are. */
  readonly forgottenEnds: readonly string[]
}

/** What a step of a rebuild answers when it did nothing. `ANOTHER_REDIS`: or the rebuild is nobody's any more. */
export type RebuildRefusal = 'LEASE_LOST' | 'ANOTHER_REDIS'

const beginScript = readLuaScript('rebuild-begin', 6, new URL('../src/rebuild-begin.lua', import.meta.url))
const loadScript = readLuaScript('rebuild-load', 4, new URL('../src/rebuild-load.lua', import.meta.url))
const dropScript = readLuaScript('rebuild-drop', 4, new URL('../src/rebuild-drop.lua', import.meta.url))
const commitScript = readLuaScript('rebuild-commit', 5, new URL('../src/rebuild-commit.lua', import.meta.url))

/** All orders of some buyers. */
export interface OrdersChunk {
  /** Their ids in the short spelling, each filled up to 24 characters. After the last one that is not needed. */
  readonly paddedIds: string
  /** JSON of the orders as `packOrder` packs them, in the same order. */
  readonly packedOrders: string
}

/** The chunk of a ledger without orders. */
export const emptyChunk: OrdersChunk = { paddedIds: '', packedOrders: '[]' }

const scanCount = 2_048

/**
 * Stops selling, moves aside what another item left under this number, and says which Redis this is. 'LEASE_LOST' when the item's lease
 * is another's, 'ANOTHER_REDIS' when this is not the Redis of the claim.
 */
export async function beginRebuild(
  redis: Redis,
  itemId: number,
  { owner, birth, epoch, deployment, redisRun, seen }: RebuildClaim,
): Promise<LedgerRebuild | 'LEASE_LOST' | 'ANOTHER_REDIS'> {
  const { ledger, lock, buyers, orders, outbox } = ledgerKeys(itemId)
  const keys = [ledger, lock, buyers, orders, outbox, deploymentKey]
  const last = seen ? [makingText(seen), seen.sequence] : ['', 0]
  const args = [owner, birth, epoch, deployment, redisRun, ...last]
  const reply = (await runLuaScript(redis, beginScript, keys, args)) as BeginReply
  if (reply[0] === 'O') return letters.O
  if (reply[0] === 'X') return letters.X
  const [stamp, foundEpoch, movedTo] = reply
  return {
    itemId,
    birth,
    owner,
    stamp,
    foundEpoch: Number(foundEpoch || 0),
    found: movedTo === '' ? foundLedgerOf(reply) : undefined,
    movedTo: movedTo === '' ? undefined : movedTo,
  }
}

type Field = string | null
type BeginReply = [
  ...[stamp: string, foundEpoch: string, movedTo: string],
  ...[state: Field, total: Field, totalVersion: Field, limit: Field, opensAt: Field, closesAt: Field],
  endedCount: number | string,
]

function foundLedgerOf(reply: BeginReply): FoundLedger | undefined {
  const [, epoch, , state, total, totalVersion, limit, opensAt, closesAt, endedCount] = reply
  if (epoch === '' || total == null || limit == null || opensAt == null || closesAt == null) return undefined
  return {
    epoch: Number(epoch),
    total: Number(total),
    totalVersion: Number(totalVersion ?? 0),
    endedCount: Number(endedCount),
    purchaseLimit: Number(limit),
    opensAtMs: Number(opensAt),
    closesAtMs: Number(closesAt),
    state: isStoredState(state) ? state : undefined,
  }
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
 * Brings a chunk of both hashes to what it says, and leaves what is right as it is. The buyers hold what these orders hold. Redis does
 * nothing else meanwhile: some 500 orders keep it a few ms. An order that gave its units back here, and holds some in Postgres, stays as it
 * is unless `overwrites`: Postgres was restored from before its end.
 */
export async function loadChunk(
  redis: Redis,
  rebuild: LedgerRebuild,
  { paddedIds, packedOrders }: OrdersChunk,
  overwrites = false,
): Promise<LoadedChunk | RebuildRefusal> {
  const { ledger, lock, orders, buyers } = ledgerKeys(rebuild.itemId)
  const args = [rebuild.owner, rebuild.stamp, paddedIds, packedOrders, overwrites ? '1' : '']
  const reply = await runLuaScript(redis, loadScript, [ledger, lock, orders, buyers], args)
  const [, orderCount, endedCount, buyerCount, heldUnits, ...forgottenEnds] = reply as LoadReply
  return (
    refusalOf(loadScript, reply) ?? { kind: 'LOADED', orderCount, endedCount, buyerCount, heldUnits, forgottenEnds }
  )
}

type LoadReply = [
  letter: string,
  orderCount: number,
  endedCount: number,
  buyerCount: number,
  heldUnits: number,
  ...orderIds: string[],
]

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
      head.birth,
      head.totalVersion,
      head.saleId,
      head.saleState,
      ...offersFirstArguments(head.offersFirst),
      head.available,
      head.offersFirst?.mayLackWrites ? '1' : '',
      head.endedCount,
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
