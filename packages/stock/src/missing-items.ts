import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'

/** Items that have a ledger in Redis and no row in Postgres, by their numbers: the worker keeps the set. */
const key = '{flash-sale}:missing-items'
const namedMax = 10

/** Reads the set. Any process may say by it that some items sell nothing until an operator has decided about them. */
export async function readMissingItems(redis: Redis): Promise<number[]> {
  return (await redis.smembers(key)).map(Number)
}

/** Why some items sell nothing, a sentence for readiness to tell; undefined when every item of Redis is in Postgres. */
export async function describeMissingItems(redis: Redis): Promise<string | undefined> {
  const itemIds = (await readMissingItems(redis)).toSorted((a, b) => a - b)
  if (itemIds.length === 0) return undefined
  const named = itemIds.slice(0, namedMax).join(', ') + (itemIds.length > namedMax ? ' and more' : '')
  return `Redis has ledgers of items that are not in Postgres (${named}): they sell nothing until \`pnpm missing-items\` has restored or discarded them.`
}

/** Adds an item; true for the one process that was the first to do so. */
export async function addMissingItem(redis: Redis, itemId: number): Promise<boolean> {
  return (await redis.sadd(key, itemId)) === 1
}

export async function removeMissingItem(redis: Redis, itemId: number): Promise<void> {
  await redis.srem(key, itemId)
}

/** Keys looked at in one step. */
const scanCount = 1_000

/** One step of a walk over all ledgers in this Redis; begin and end with the cursor '0'. Some may come twice. */
export async function scanLedgers(redis: Redis, cursor: string): Promise<{ cursor: string; itemIds: number[] }> {
  const [next, keys] = await redis.scan(cursor, 'MATCH', '{item:*}:ledger', 'COUNT', scanCount)
  const itemIds = keys.flatMap((name) => {
    const id = Number(/^\{item:(\d{1,10})\}:ledger$/.exec(name)?.[1])
    return id > 0 && id < 2 ** 31 ? [id] : []
  })
  return { cursor: next, itemIds }
}

/** Whether anything is known of an item in Redis, believable or not. */
export async function hasLedger(redis: Redis, itemId: number): Promise<boolean> {
  return (await redis.exists(ledgerKeys(itemId).ledger)) === 1
}

/** What is left of an item that Postgres does not know. Units are counts, times are milliseconds since 1970, NaN where it is not said. */
export interface LeftLedger {
  readonly itemId: number
  /** '' in a ledger of the version before. */
  readonly birth: string
  readonly epoch: number
  readonly saleId: number | undefined
  readonly state: string
  readonly total: number
  readonly totalVersion: number
  readonly available: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
}

const fields = ['birth', 'epoch', 'saleId', 'state', 'saleState', 'total', 'totalVersion', 'available'] as const
const moreFields = ['limit', 'opensAt', 'closesAt'] as const

/** Reads what a ledger says, believable or not; undefined when there is none. */
export async function readLeftLedger(redis: Redis, itemId: number): Promise<LeftLedger | undefined> {
  const reply = await redis.hmget(ledgerKeys(itemId).ledger, ...fields, ...moreFields)
  const [birth, epoch, saleId, state, saleState, total, totalVersion, available, limit, opensAt, closesAt] = reply
  if (state == null) return undefined
  return {
    itemId,
    birth: birth ?? '',
    epoch: Number(epoch ?? 0),
    saleId: saleId == null ? undefined : Number(saleId),
    state: saleState ?? (state === 'rebuilding' ? 'live' : state),
    total: Number(total ?? Number.NaN),
    totalVersion: Number(totalVersion ?? 0),
    available: Number(available ?? Number.NaN),
    purchaseLimit: Number(limit ?? Number.NaN),
    opensAtMs: Number(opensAt ?? Number.NaN),
    closesAtMs: Number(closesAt ?? Number.NaN),
  }
}
