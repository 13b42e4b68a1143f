import { letterOfVerdict, type LedgerVerdict } from '@flash-sale/contract/order-outcomes'
import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { makingText, type Making } from './making.ts'

/** One order of a batch, as the ledger judges it. `orderId` is the short spelling. */
export interface OrderToReserve {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  /** Set for an order without a key in a sale with a duplicate window. */
  readonly keyless?: KeylessOrder
}

/** An order without a key may be an earlier one sent again. */
export interface KeylessOrder {
  /** The ids that the first sending may have besides this one's own, in short. */
  readonly firstIds: readonly string[]
  readonly windowMs: number
  /** When it came, in ms since 1970 by this process' clock, which may differ from Redis' by up to the window. */
  readonly arrivedAtMs: number
}

/** Why the ledger judged no order of a batch: nothing was written. */
export type BatchRefusal =
  | { readonly kind: 'BUSY'; readonly retryAfterMs: number }
  | { readonly kind: 'STALE_EPOCH' }
  | { readonly kind: 'NOT_LOADED' }

/** Every order judged, in the order given; `entry` is the outbox entry when at least one was reserved. */
export interface JudgedBatch {
  readonly kind: 'JUDGED'
  readonly verdicts: readonly LedgerVerdict[]
  /** By their place in the batch, the keyless orders that were REPLAYED as an earlier one: its id, in short. */
  readonly firstIds?: ReadonlyMap<number, string>
  readonly entry?: { readonly id: string; readonly sequence: number }
  readonly text: JudgedText
}

/** A judged batch as it was sent and answered: the columns as JSON, and a letter an order. */
export interface JudgedText {
  readonly columns: string
  readonly letters: string
}

export interface LedgerClaim extends Making {
  /** Owner token of the caller's lease on the item, or '' for none. */
  readonly owner: string
  /** Highest sequence that the caller has seen at this epoch; a ledger behind it was rewound. 0 when none. */
  readonly sequence: number
}

const script = readLuaScript('reserve', 5, new URL('../src/reserve.lua', import.meta.url))

/** The letters of the verdicts on an order. A digit says which of an order's `firstIds` it repeats. */
export const verdictLetters: Record<string, LedgerVerdict> = { 1: 'REPLAYED', 2: 'REPLAYED', 3: 'REPLAYED' }
for (const [verdict, letter] of Object.entries(letterOfVerdict)) verdictLetters[letter] = verdict as LedgerVerdict

/** Most orders one call may carry: the script's own bound, so that its argument lists fit Lua's stack. */
export const reserveBatchSizeLimit = 1024

/**
 * Reserves stock for a batch of new orders in one atomic step (`reserve.lua`). Safe to repeat: an order already reserved
 * answers REPLAYED. A rejected promise means that the outcome is unknown, never that nothing happened.
 */
export function reserve(
  redis: Redis,
  itemId: number,
  claim: LedgerClaim,
  orders: readonly OrderToReserve[],
): Promise<JudgedBatch | BatchRefusal> {
  return send(redis, itemId, claim, 'sell', orders, [])
}

/**
 * Reserves stock for orders that an older making of the ledger accepted and this one does not know. Window and pause are
 * not looked at; a refusal is remembered and put in the outbox, to become a rejected row.
 */
export function adopt(
  redis: Redis,
  itemId: number,
  claim: LedgerClaim,
  orders: readonly (OrderToReserve & { readonly acceptedAtMs: number })[],
): Promise<JudgedBatch | BatchRefusal> {
  return send(redis, itemId, claim, 'adopt', orders, [orders.map((order) => order.acceptedAtMs)])
}

async function send(
  redis: Redis,
  itemId: number,
  claim: LedgerClaim,
  mode: 'sell' | 'adopt',
  orders: readonly OrderToReserve[],
  moreColumns: readonly (readonly number[])[],
): Promise<JudgedBatch | BatchRefusal> {
  const keys = ledgerKeys(itemId)
  const ids: string[] = []
  const buyers: string[] = []
  const quantities: number[] = []
  let hasKeyless = false
  for (const { orderId, buyer, quantity, keyless } of orders) {
    hasKeyless ||= keyless !== undefined
    ids.push(orderId)
    buyers.push(buyer)
    quantities.push(quantity)
  }
  const columns = JSON.stringify([ids, buyers, quantities, ...moreColumns])
  const more = hasKeyless ? [keylessColumns(orders)] : []
  const reply = (await runLuaScript(
    redis,
    script,
    [keys.ledger, keys.lock, keys.buyers, keys.orders, keys.outbox],
    [claim.owner, makingText(claim), claim.sequence, mode, orders.length, columns, ...more],
  )) as [string, (string | number)?, number?]
  return parseBatchRefusal(reply) ?? parseJudged(reply, orders, columns)
}

function keylessColumns(orders: readonly OrderToReserve[]): string {
  const places: number[] = []
  const firstIds: string[] = []
  const arrivals: number[] = []
  const windows: number[] = []
  for (let i = 0; i < orders.length; i += 1) {
    const { keyless } = orders[i]!
    if (!keyless) continue
    places.push(i + 1)
    firstIds.push(...keyless.firstIds)
    arrivals.push(keyless.arrivedAtMs)
    windows.push(keyless.windowMs)
  }
  return JSON.stringify([places, firstIds, arrivals, windows])
}

/** Reads the replies `{'B', pttl}`, `{'E'}`, `{'M'}` that the scripts share; undefined for any other. */
export function parseBatchRefusal(reply: readonly unknown[]): BatchRefusal | undefined {
  switch (reply[0]) {
    case 'B':
      return { kind: 'BUSY', retryAfterMs: Math.max(1, Number(reply[1])) }
    case 'E':
      return { kind: 'STALE_EPOCH' }
    case 'M':
      return { kind: 'NOT_LOADED' }
    default:
      return undefined
  }
}

function parseJudged(
  [letters, entryId, sequence]: [string, (string | number)?, number?],
  orders: readonly OrderToReserve[],
  columns: string,
): JudgedBatch {
  if (letters.length !== orders.length)
    throw new Error(`reserve.lua judged ${letters.length} orders of ${orders.length}`)
  const verdicts = Array.from(letters, verdictOf)
  const judged = { kind: 'JUDGED', verdicts, ...firstIdsOf(letters, orders), text: { columns, letters } } as const
  if (entryId === undefined || sequence === undefined) return judged
  return { ...judged, entry: { id: String(entryId), sequence } }
}

/** A digit says which of an order's `firstIds` the ledger knows. */
function firstIdsOf(letters: string, orders: readonly OrderToReserve[]): Pick<JudgedBatch, 'firstIds'> {
  if (!/\d/.test(letters)) return {}
  const firstIds = new Map<number, string>()
  for (const { 0: digit, index } of letters.matchAll(/\d/g)) {
    firstIds.set(index, orders[index]!.keyless!.firstIds[Number(digit) - 1]!)
  }
  return { firstIds }
}

function verdictOf(letter: string): LedgerVerdict {
  const verdict = verdictLetters[letter]
  if (!verdict) throw new Error(`reserve.lua answered an unknown letter: ${letter}`)
  return verdict
}
