import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'

/** Keys that were moved out of the way, and how many orders and outbox entries they hold. `prefix` begins their names. */
export interface AsideKeys {
  readonly prefix: string
  readonly orderCount: number
  readonly entryCount: number
}

const entriesScript = readLuaScript('set-entries-aside', 3, new URL('../src/set-entries-aside.lua', import.meta.url))
const script = readLuaScript('set-aside', 5, new URL('../src/set-aside.lua', import.meta.url))

/** Moves what an item left in Redis aside, as the holder of its lease. */
export async function setAside(redis: Redis, itemId: number, owner: string): Promise<AsideKeys | 'LEASE_LOST'> {
  const { ledger, lock, buyers, orders, outbox } = ledgerKeys(itemId)
  const [letter, prefix] = (await runLuaScript(redis, script, [ledger, lock, buyers, orders, outbox], [owner])) as [
    string,
    string,
  ]
  return letter === 'O' ? letters.O : countAside(redis, prefix)
}

/**
 * Moves those of these outbox entries aside that are of another item than the one of this birth. Returns how many were. `owner`: that of
 * the holder of the item's lease, or '' of a worker that drains.
 */
export async function setEntriesAside(
  redis: Redis,
  itemId: number,
  { owner, birth }: { readonly owner: string; readonly birth: string },
  entryIds: readonly string[],
): Promise<number | 'LEASE_LOST'> {
  const { ledger, lock, outbox } = ledgerKeys(itemId)
  const reply = await runLuaScript(redis, entriesScript, [ledger, lock, outbox], [owner, birth, ...entryIds])
  return typeof reply === 'number' ? reply : letters.O
}

/** Counts what lies under a prefix. */
export async function countAside(redis: Redis, prefix: string): Promise<AsideKeys> {
  const orders = `${prefix}orders`
  const [fieldCount, hasFiller, entryCount] = await Promise.all([
    redis.hlen(orders),
    redis.hexists(orders, '\0'),
    redis.xlen(`${prefix}outbox`),
  ])
  return { prefix, orderCount: fieldCount - hasFiller, entryCount }
}
