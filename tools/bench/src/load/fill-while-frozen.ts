import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Redis } from 'ioredis'
import { whileFrozen } from '../ground.ts'
import { fillLedger, ringFor, type FillOptions } from './fill-ledger.ts'

/**
 * Opens an item and fills its outbox while the worker is stopped. Returns the item. The item has to be one that the worker has not seen: its
 * sweep looks after each new item, and a worker that is stopped while it holds an item's lease keeps everybody else from selling it.
 */
export function fillWhileFrozen(
  redis: Redis,
  worker: Pick<App, 'kill'>,
  open: () => Promise<number>,
  options: FillOptions,
): Promise<number> {
  return whileFrozen(worker, async () => {
    const itemId = await open()
    await fillLedger(redis, itemId, options)
    await ringFor(redis, itemId)
    return itemId
  })
}
