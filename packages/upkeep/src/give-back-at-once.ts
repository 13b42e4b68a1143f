import { answerWithin } from '@flash-sale/runtime/answer-within'
import { giveBack } from './give-back.ts'
import type { Stores } from './stores.ts'

/** Nobody waits longer for a Redis that is away. */
const giveBackWithinMs = 1_000

/** Gives the units of an order (UUID) that has just ended back to the ledger. Never rejects: what fails is told, and left to the sweep. */
export async function giveBackAtOnce(
  stores: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
  orderId: string,
  onError: (error: unknown) => void,
): Promise<void> {
  await answerWithin(giveBack(stores, itemId, [orderId]), giveBackWithinMs, 'Redis').catch(onError)
}
