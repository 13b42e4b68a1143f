import { eventually } from '@flash-sale/testing/eventually'
import { joinRedis } from './join-redis.ts'
import type { Stores } from './stores.ts'

/** Waits until a Redis that restarted is the joined one again: no process may see the run before it any more. */
export async function joinedAgain(stores: Stores): Promise<void> {
  await eventually(async () => (await joinRedis(stores)).kind === 'JOINED', { what: 'Redis to be joined again' })
}
