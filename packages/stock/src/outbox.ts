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
}

const taken = letterOfVerdict.RESERVED

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

function parseEntry(id: string, fields: readonly string[]): OutboxEntry {
  const field = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) field.set(fields[i]!, fields[i + 1]!)
  const letters = field.get('letters') ?? ''
  const columns = JSON.parse(field.get('orders') ?? '[]') as [string[], string[], number[], number[]?]
  const [ids, buyers, quantities, acceptedAtMs] = columns
  const adopted = acceptedAtMs !== undefined
  const batchAtMs = Number(field.get('at'))
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
    orders.push(refused ? { ...order, refused } : order)
  }
  const totalVersion = Number(field.get('totalVersion') ?? 0)
  return { id, birth: field.get('birth') ?? '', epoch: Number(field.get('epoch')), totalVersion, orders }
}

/** The refusal that a letter of an adopted batch says, if it says one. An order is never passed over for a letter that cannot be there. */
function adoptionRefusalOf(letter: string): AdoptionRefusal | undefined {
  const verdict = verdictLetters[letter]
  if (verdict === undefined || orderOutcomes[verdict].adoption === 'unasked') {
    throw new Error(`an outbox entry of adopted orders has a letter that no adoption gives: ${letter}`)
  }
  return isAdoptionRefusal(verdict) ? verdict : undefined
}
