import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'

const script = readLuaScript('acknowledge', 2, new URL('../src/acknowledge.lua', import.meta.url))

/**
 * Deletes outbox entries of one epoch, after the COMMIT that holds their orders. Returns how many went, or 'ANOTHER_LEDGER'
 * when the ledger has been made anew since: then there is nothing of ours to delete.
 */
export async function acknowledge(
  redis: Redis,
  itemId: number,
  epoch: number,
  entryIds: readonly string[],
): Promise<number | 'ANOTHER_LEDGER'> {
  const keys = ledgerKeys(itemId)
  const deleted = (await runLuaScript(redis, script, [keys.ledger, keys.outbox], [epoch, ...entryIds])) as number
  return deleted < 0 ? 'ANOTHER_LEDGER' : deleted
}
