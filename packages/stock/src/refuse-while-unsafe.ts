import type { RedisStanding } from '@flash-sale/runtime/redis-standing'
import type { SendBatch } from './reserve-strategy.ts'

/**
 * Sends batches only to a Redis that was found good on the connection that stands now. Otherwise nothing is sent and the answer is
 * NOT_LOADED: this is definite, and the ledger behind a new connection may be another one.
 */
export function refuseWhileUnsafe(send: SendBatch, standing: Pick<RedisStanding, 'isGood' | 'whenJudged'>): SendBatch {
  return (itemId, begin) => (standing.isGood ? send(itemId, begin) : sendOnceJudged(itemId, begin))

  async function sendOnceJudged(...[itemId, begin]: Parameters<SendBatch>): ReturnType<SendBatch> {
    return (await standing.whenJudged()) ? send(itemId, begin) : { kind: 'NOT_LOADED' }
  }
}
