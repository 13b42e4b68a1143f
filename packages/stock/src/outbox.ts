import {
  isAdoptionRefusal,
  letterOfVerdict,
  orderOutcomes,
  type AdoptionRefusal,
} from '@flash-sale/contract/order-outcomes'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import type { Making } from './making.ts'
import { verdictLetters } from './reserve.ts'

/** An accepted order that waits in the outbox. `orderId` is the short spelling. */
export interface WaitingOrder {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  readonly acceptedAtMs: number
  /** Set when the ledger refused it on adoption: it is to become a rejected row. */
  readonly refused?: AdoptionRefusal
}

/** One outbox entry: the accepted orders of one batch, and the making of the ledger that accepted them. */
export interface OutboxEntry extends Making {
  readonly id: string
  /** Of the total out of which they were sold; 0 in an entry of the version before. */
  readonly totalVersion: number
  readonly orders: readonly WaitingOrder[]
  /** Set when `reserve.lua` cannot have written it: somebody added it by hand, or spoilt it. It has no orders then. */
  readonly fault?: string
}

/** An outbox entry that is none of ours, as it is in Redis. */
export interface ForeignEntry {
  readonly id: string
  /** Names and values. */
  readonly fields: readonly Buffer[]
  readonly fault: string
}

const taken = letterOfVerdict.RESERVED
/** None, or a bigint of Postgres. */
const anyBirth = /^(\d{0,18}|[1-8]\d{18})$/

/** Reads an item's outbox from its oldest entry on, at most `entryCountMax`; all after `afterId` when given. */
export async function readOutbox(
  redis: Redis,
  itemId: number,
  entryCountMax: number,
  afterId?: string,
): Promise<OutboxEntry[]> {
  const start = afterId === undefined ? '-' : `(${afterId}`
  const entries = await redis.xrange(ledgerKeys(itemId).outbox, start, '+', 'COUNT', entryCountMax)
  return entries.map(([id, fields]) => parseEntry(id, fields))
}

/** Of how many orders an item's ledger took units back, because they had ended; at least when it sold what waits. */
export async function readEndedCount(redis: Redis, itemId: number): Promise<number> {
  return Number((await redis.hget(ledgerKeys(itemId).ledger, 'endedCount')) ?? 0)
}

/** Reads an item's outbox from its newest entry back, at most `entryCountMax`. */
export async function readNewestEntries(redis: Redis, itemId: number, entryCountMax: number): Promise<OutboxEntry[]> {
  const entries = await redis.xrevrange(ledgerKeys(itemId).outbox, '+', '-', 'COUNT', entryCountMax)
  return entries.map(([id, fields]) => parseEntry(id, fields))
}

/** When the newest order that waits in an item's outbox was accepted, in ms since 1970; undefined when it is empty. */
export async function readNewestEntryAtMs(redis: Redis, itemId: number): Promise<number | undefined> {
  const [newest] = await redis.xrevrange(ledgerKeys(itemId).outbox, '+', '-', 'COUNT', 1)
  return newest && Number(newest[0].split('-')[0])
}

/** The id of the oldest entry in each of these items' outboxes; undefined where the outbox is empty. */
export async function readOldestEntryIds(redis: Redis, itemIds: readonly number[]): Promise<(string | undefined)[]> {
  const heads = await Promise.all(
    itemIds.map((itemId) => redis.xrange(ledgerKeys(itemId).outbox, '-', '+', 'COUNT', 1)),
  )
  return heads.map(([oldest]) => oldest?.[0])
}

/** Reads an entry again that is none of ours, byte by byte; undefined when it is gone, or another has its id by now. */
export async function readForeignEntry(redis: Redis, itemId: number, id: string): Promise<ForeignEntry | undefined> {
  const [entry] = await redis.xrangeBuffer(ledgerKeys(itemId).outbox, id, id)
  if (!entry) return undefined
  const fields = entry[1]
  const { fault } = parseEntry(id, fields.map(String))
  return fault === undefined ? undefined : { id, fields, fault }
}

/** An outbox entry by the names and values of its fields. Never throws: see `fault`. */
export function parseEntry(id: string, fields: readonly string[]): OutboxEntry {
  try {
    return readEntry(id, fields)
  } catch (error) {
    return {
      id,
      birth: '',
      epoch: 0,
      totalVersion: 0,
      orders: [],
      fault: error instanceof Error ? error.message : String(error),
    }
  }
}

/** Throws on anything that `reserve.lua` does not write. */
function readEntry(id: string, fields: readonly string[]): OutboxEntry {
  const field = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) field.set(fields[i]!, fields[i + 1]!)
  const [epoch, batchAtMs] = [Number(field.get('epoch')), Number(field.get('at'))]
  if (!Number.isSafeInteger(epoch) || !Number.isFinite(batchAtMs)) throw new Error('the entry has no epoch, or no time')
  // The version before wrote neither.
  const [birth, totalVersion] = [field.get('birth') ?? '', Number(field.get('totalVersion') ?? 0)]
  if (!anyBirth.test(birth) || !Number.isSafeInteger(totalVersion))
    throw new Error('the entry has a birth or a version of the total that no ledger has')
  const letters = field.get('letters') ?? ''
  const [ids, buyers, quantities, acceptedAtMs] = readColumns(field.get('orders') ?? '', letters.length)
  const adopted = acceptedAtMs !== undefined
  const orders: WaitingOrder[] = []
  for (let i = 0; i < letters.length; i += 1) {
    const refused = adopted ? adoptionRefusalOf(letters[i]!) : undefined
    if (letters[i] !== taken && !refused) continue
    const order = {
      orderId: ids[i]!,
      buyer: buyers[i]!,
      quantity: quantities[i]!,
      acceptedAtMs: acceptedAtMs?.[i] ?? batchAtMs,
    }
    // An order that Postgres cannot store is quarantined alone; one without an id or a buyer cannot even be named.
    if (typeof order.orderId !== 'string' || typeof order.buyer !== 'string')
      throw new Error(`the entry has no order at place ${i + 1}`)
    orders.push(refused ? { ...order, refused } : order)
  }
  if (orders.length === 0) throw new Error('the entry has no order')
  return { id, birth, epoch, totalVersion, orders }
}

function readColumns(text: string, length: number): [string[], string[], number[], number[]?] {
  const columns: unknown = JSON.parse(text)
  const isWhole = (column: unknown) => Array.isArray(column) && column.length === length
  if (!Array.isArray(columns) || columns.length < 3 || columns.length > 4 || !columns.every(isWhole))
    throw new Error('the entry has other columns than a batch of orders')
  return columns as [string[], string[], number[], number[]?]
}

/** The refusal that a letter of an adopted batch says, if it says one. An order is never passed over for a letter that cannot be there. */
function adoptionRefusalOf(letter: string): AdoptionRefusal | undefined {
  const verdict = verdictLetters[letter]
  if (verdict === undefined || orderOutcomes[verdict].adoption === 'unasked') {
    throw new Error(`the entry of adopted orders has a letter that no adoption gives: ${letter}`)
  }
  return isAdoptionRefusal(verdict) ? verdict : undefined
}
