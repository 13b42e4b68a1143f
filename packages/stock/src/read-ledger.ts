import { readLuaScript, runLuaScript, runLuaScriptForEach } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { makingText } from './making.ts'
import { unpackOrder, type RememberedOrder } from './packed-order.ts'
import { parseBatchRefusal, type BatchRefusal, type LedgerClaim } from './reserve.ts'
import type { StoredState } from './change-ledger.ts'

/** A ledger at one instant. Units are counts, times are milliseconds since 1970 by Redis' clock. */
export interface LedgerView {
  /** `settled`: closed for good, its books are Postgres' books. */
  readonly state: StoredState | 'settled'
  /** Of the item that it is of; '' of a ledger that the version before made. */
  readonly birth: string
  readonly epoch: number
  /** Number of writes to the stock since this ledger was made; equal at two readings, nothing was sold between them. */
  readonly sequence: number
  readonly total: number
  /** How often the total was changed in Postgres when it came here; 0 of a ledger that the version before made. */
  readonly totalVersion: number
  /** Of how many ended orders it took units back, or was made without them; 0 of a ledger that the version before made. */
  readonly endedCount: number
  readonly available: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
  readonly nowMs: number
  readonly outboxLength: number
  readonly oldestEntryId: string | undefined
  /** It was made anew, and sells nothing before the API processes offered what they remember. */
  readonly takesOffersOnly: boolean
  /** Set when Redis had lost something of the ledger, and not every process has offered what it remembers: orders of so many units may be lost. */
  readonly unitsLackingMax?: number
  /** How long the item's exclusive lease lasts yet; undefined when it is free. */
  readonly lockedForMs: number | undefined
}

/** What a settled ledger holds. Units are counts. */
export interface SettledBooks {
  readonly itemId: number
  readonly epoch: number
  readonly total: number
  readonly available: number
}

const readScript = readLuaScript('read-ledger', 5, new URL('../src/read-ledger.lua', import.meta.url))
const findScript = readLuaScript('find-order', 2, new URL('../src/find-order.lua', import.meta.url))

/** Reads an item's ledger; 'NOT_LOADED' when it or one of its hashes is missing, of another Redis, or being rebuilt: nothing may be believed. */
export async function readLedger(redis: Redis, itemId: number): Promise<LedgerView | 'NOT_LOADED'> {
  return parseLedger(await runLuaScript(redis, readScript, keysToRead(itemId), []))
}

/** Reads the ledgers of many items, each as `readLedger` does, in one pipeline. */
export async function readLedgers(redis: Redis, itemIds: readonly number[]): Promise<(LedgerView | 'NOT_LOADED')[]> {
  const replies = await runLuaScriptForEach(redis, readScript, itemIds.map(keysToRead))
  return replies.map(parseLedger)
}

function keysToRead(itemId: number): string[] {
  const { ledger, lock, outbox, orders, buyers } = ledgerKeys(itemId)
  return [ledger, lock, outbox, orders, buyers]
}

/**
 * Whether each of these ledgers is as its settlement left it, with these units, and nothing in its outbox; or is missing, for then
 * nothing is sold from it. The stamp is not looked at: whoever asks an unbelievable ledger finds out.
 */
export async function areSettled(redis: Redis, books: readonly SettledBooks[]): Promise<boolean[]> {
  return Promise.all(
    books.map(async ({ itemId, ...settled }) => {
      const { ledger, outbox } = ledgerKeys(itemId)
      const [found, waitingCount] = await Promise.all([
        redis.hmget(ledger, 'state', 'settled', 'epoch', 'total', 'available'),
        redis.xlen(outbox),
      ])
      const expected = ['closed', '1', settled.epoch, settled.total, settled.available].map(String)
      const isMissing = found.every((field) => field === null)
      return waitingCount === 0 && (isMissing || found.every((field, i) => field === expected[i]))
    }),
  )
}

function parseLedger(raw: unknown): LedgerView | 'NOT_LOADED' {
  const reply = raw as unknown[]
  if (reply[0] !== 1) return 'NOT_LOADED'
  const lockedForMs = Number(reply[3])
  return {
    nowMs: Number(reply[1]),
    outboxLength: Number(reply[2]),
    lockedForMs: lockedForMs < 0 ? undefined : lockedForMs,
    state: reply[5] as LedgerView['state'],
    epoch: Number(reply[6]),
    sequence: Number(reply[7]),
    total: Number(reply[8]),
    available: Number(reply[9]),
    purchaseLimit: Number(reply[10]),
    opensAtMs: Number(reply[11]),
    closesAtMs: Number(reply[12]),
    birth: reply[13] as string,
    totalVersion: Number(reply[14]),
    oldestEntryId: reply[15] === '' ? undefined : (reply[15] as string),
    takesOffersOnly: reply[16] === 1,
    endedCount: Number(reply[17]),
    ...(typeof reply[18] === 'string' && { unitsLackingMax: Number(reply[18]) }),
  }
}

/** Whether a ledger or an outbox entry is of another item than the one of this birth, which has or had the same number. */
export function isOfAnother({ birth }: Pick<LedgerView, 'birth'>, birthOfItem: string): boolean {
  // The version before gave no birth.
  return birth !== '' && birth !== birthOfItem
}

/** Finds an accepted order by its short id, persisted or not. 'ABSENT' only when this ledger can vouch for it. */
export async function findOrder(
  redis: Redis,
  itemId: number,
  claim: Omit<LedgerClaim, 'owner'>,
  orderId: string,
): Promise<RememberedOrder | 'ABSENT' | BatchRefusal> {
  const keys = ledgerKeys(itemId)
  const reply = (await runLuaScript(
    redis,
    findScript,
    [keys.ledger, keys.orders],
    [makingText(claim), claim.sequence, orderId],
  )) as string[]
  if (reply.length === 0) return 'ABSENT'
  return parseBatchRefusal(reply) ?? unpackOrder(reply[0]!)
}

/** Whether an item's ledger remembers each of these orders, by their short ids. The ledger is not judged here. */
export async function areRemembered(redis: Redis, itemId: number, orderIds: readonly string[]): Promise<boolean[]> {
  const fields = await redis.hmget(ledgerKeys(itemId).orders, ...orderIds)
  return fields.map((field) => field !== null)
}

/** The filler that makes a small hash a real hash table (`rebuild-load.lua`). */
const fillerField = '\0'

/** How many orders an item's ledger remembers to have accepted, whatever came of them. */
export async function countRememberedOrders(redis: Redis, itemId: number): Promise<number> {
  const { orders } = ledgerKeys(itemId)
  const [fieldCount, hasFiller] = await Promise.all([redis.hlen(orders), redis.hexists(orders, fillerField)])
  return fieldCount - hasFiller
}

/** Units of an item that the ledger counts against a buyer's limit. For telling, not for deciding: the ledger is not judged here. */
export async function readHeldUnits(redis: Redis, itemId: number, buyer: string): Promise<number> {
  return Number((await redis.hget(ledgerKeys(itemId).buyers, buyer)) ?? 0)
}
