import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { makingText, type Making } from './making.ts'

const script = readLuaScript('acknowledge', 2, new URL('../src/acknowledge.lua', import.meta.url))

/**
 * Deletes outbox entries of one making, after the COMMIT that holds their orders. Returns how many went, or 'ANOTHER_LEDGER'
 * when the ledger there cannot be the one that wrote them: then they are a rebuild's to take.
 */
export async function acknowledge(
  redis: Redis,
  itemId: number,
  making: Making,
  entryIds: readonly string[],
): Promise<number | 'ANOTHER_LEDGER'> {
  const keys = ledgerKeys(itemId)
  const deleted = (await runLuaScript(
    redis,
    script,
    [keys.ledger, keys.outbox],
    [makingText(making), ...entryIds],
  )) as number
  return deleted < 0 ? 'ANOTHER_LEDGER' : deleted
}
