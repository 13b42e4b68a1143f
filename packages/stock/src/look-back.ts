import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { makingText, type Making } from './making.ts'
import { parseBatchRefusal } from './reserve.ts'

/** What a process wrote to a ledger last, as far as it knows. `orderId` is the short spelling. */
export interface WrittenLast extends Making {
  readonly sequence: number
  readonly orderId: string
}

/** What waits in an item's outbox; without ids when nothing does. What a process wrote before and does not wait is committed. */
export interface Waiting {
  readonly kind: 'WAITING'
  readonly sequence: number
  readonly entryCount: number
  readonly oldestId?: string | undefined
  readonly newestId?: string | undefined
}

const script = readLuaScript('look-back', 3, new URL('../src/look-back.lua', import.meta.url))

/**
 * Reads what waits in the outbox of the ledger that a process wrote to. 'STALE_EPOCH': the ledger was made anew since, or is another
 * item's. 'NOT_LOADED':
 * it cannot be believed, or it lacks what the process wrote, and is suspended for that.
 */
export async function lookBack(
  redis: Redis,
  itemId: number,
  written: WrittenLast,
): Promise<Waiting | { readonly kind: 'STALE_EPOCH' | 'NOT_LOADED' }> {
  const { ledger, outbox, orders } = ledgerKeys(itemId)
  const args = [makingText(written), written.sequence, written.orderId]
  const reply = (await runLuaScript(redis, script, [ledger, outbox, orders], args)) as unknown[]
  const refusal = parseBatchRefusal(reply)
  if (refusal?.kind === 'STALE_EPOCH' || refusal?.kind === 'NOT_LOADED') return refusal
  const [seen, entryCount, oldestId, newestId] = reply as [number, number, string?, string?]
  return { kind: 'WAITING', sequence: seen, entryCount, oldestId, newestId }
}
