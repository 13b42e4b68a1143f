import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import type { ForeignEntry } from './outbox.ts'

const script = readLuaScript('discard-entry', 1, new URL('../src/discard-entry.lua', import.meta.url))

/** Deletes an outbox entry that is none of ours, after it was put aside. Returns how many went: 0 when another has its id by now. */
export async function discardEntry(redis: Redis, itemId: number, { id, fields }: ForeignEntry): Promise<number> {
  // ioredis sends buffers as they are.
  const args = [id, ...fields] as unknown as string[]
  return (await runLuaScript(redis, script, [ledgerKeys(itemId).outbox], args)) as number
}
