import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { makingText, type Making } from './making.ts'
import { readLedger } from './read-ledger.ts'

/**
 * A ledger of which writes are missing first takes only orders that older makings of it accepted: for `withinMs`, or until all of
 * `awaited` have said that they offered what they had. 'UNKNOWN': nobody knows who may have something, so the whole time.
 */
export interface OffersFirst {
  readonly withinMs: number
  readonly awaited: readonly string[] | 'UNKNOWN'
  /** It does so also when nothing shows that writes are missing. */
  readonly mayLackWrites: boolean
}

/** A ledger that was made anew. It may take offers only at first. */
export interface AnnouncedLedger extends Making {
  readonly itemId: number
}

/** Tells all processes which ledgers were made anew: a stream in the hash slot of the queue's keys. */
const announcementsKey = '{flash-sale}:offers-first'
const keptCount = 10_000
const keptMs = 60_000
const nobody = '*'

const forgetScript = readLuaScript('forget-lacking', 1, new URL('../src/forget-lacking.lua', import.meta.url))
const noteScript = readLuaScript('note-offered', 1, new URL('../src/note-offered.lua', import.meta.url))

/** How rebuild-commit.lua is told. With nobody to wait for, the ledger sells at once. */
export function offersFirstArguments(offers: OffersFirst | undefined): [ms: number, awaited: string] {
  if (offers === undefined || offers.awaited.length === 0) return [0, '']
  const names = offers.awaited === 'UNKNOWN' ? [nobody] : offers.awaited
  return [offers.withinMs, ` ${names.join(' ')} `]
}

/** Whether a ledger takes offers only at this moment, by the clock of Redis. */
export async function isTakingOffersOnly(redis: Redis, itemId: number): Promise<boolean> {
  const [untilMs, [seconds]] = await Promise.all([redis.hget(ledgerKeys(itemId).ledger, 'offersUntil'), redis.time()])
  return Number(untilMs ?? 0) >= Number(seconds) * 1_000
}

/** Orders that may be lost: Redis had lost something of their ledger, and not every process came to offer what it remembered. */
export interface MissedOffers {
  /** Units that these orders can have held at most. */
  readonly unitsMax: number
  /** The processes that did not come. '*': nobody knew which processes there were. */
  readonly missed: readonly string[]
}

/** Reads what is to be told of a ledger; undefined while offers may come yet, or when there is nothing to tell. */
export async function readMissedOffers(
  redis: Redis,
  itemId: number,
): Promise<(MissedOffers & { readonly making: Making }) | undefined> {
  const ledger = await readLedger(redis, itemId)
  if (ledger === 'NOT_LOADED' || ledger.unitsLackingMax === undefined) return undefined
  const awaited = (await redis.hget(ledgerKeys(itemId).ledger, 'awaited')) ?? ''
  return { unitsMax: ledger.unitsLackingMax, missed: awaited.split(' ').filter(Boolean), making: ledger }
}

/** To be called once people were told of it. */
export async function forgetMissedOffers(
  redis: Redis,
  itemId: number,
  making: Making,
  unitsMax: number,
): Promise<void> {
  await runLuaScript(redis, forgetScript, [ledgerKeys(itemId).ledger], [makingText(making), unitsMax])
}

/** Tells all processes that a ledger was made anew, so that they offer what they have. */
export async function announceLedger(redis: Redis, { itemId, birth, epoch }: AnnouncedLedger): Promise<void> {
  const fields = ['item', itemId, 'epoch', epoch, 'birth', birth]
  await Promise.all([
    redis.xadd(announcementsKey, 'MAXLEN', '~', keptCount, '*', ...fields),
    redis.pexpire(announcementsKey, keptMs),
  ])
}

/** The ledgers announced after `afterId`, and the id to go on from. Begin with '0': an announcement is kept for a minute. */
export async function readAnnouncements(
  redis: Redis,
  afterId: string,
): Promise<{ readonly ledgers: AnnouncedLedger[]; readonly lastId: string }> {
  const entriesFrom = (start: string) => redis.xrange(announcementsKey, start, '+', 'COUNT', keptCount)
  const [last, ...later] = await entriesFrom(afterId)
  // A Redis that came back empty does not have the entry that was read last, and its clock may be behind that of the one before.
  const entries = last?.[0] === afterId ? later : await entriesFrom('-')
  const ledgers = entries.map(([, fields]) => ({
    itemId: Number(fields[1]),
    epoch: Number(fields[3]),
    birth: fields[5]!,
  }))
  return { ledgers, lastId: entries.at(-1)?.[0] ?? afterId }
}

/** Says that a process has offered what it had. The last one that is awaited has the ledger sell. */
export async function noteOffered(redis: Redis, ledger: AnnouncedLedger, processName: string): Promise<void> {
  await runLuaScript(redis, noteScript, [ledgerKeys(ledger.itemId).ledger], [makingText(ledger), processName])
}
