import { quarantineEntry } from '@flash-sale/database/quarantine'
import { discardEntry } from '@flash-sale/stock/discard-entry'
import { readForeignEntry } from '@flash-sale/stock/outbox'
import type { Stores } from './stores.ts'

/**
 * Moves an outbox entry that is none of ours into the quarantine, and deletes it by its id then. Undefined when it is gone, or another
 * entry has its id by now; else what is wrong with it.
 */
export async function setEntryAside(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
  entryId: string,
): Promise<string | undefined> {
  const entry = await readForeignEntry(redis, itemId, entryId)
  if (!entry) return undefined
  await quarantineEntry(database, itemId, entry)
  await discardEntry(redis, itemId, entry)
  return entry.fault
}
