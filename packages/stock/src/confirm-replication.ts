import { isAccepted } from '@flash-sale/contract/order-outcomes'
import type { Redis } from 'ioredis'
import { connectionLossCount } from './connection-losses.ts'
import { ReplyLostError, type SendBatch } from './reserve-strategy.ts'

export interface ConfirmReplicationOptions {
  /** Replicas that may be promoted: each of them must have an order before its buyer is told. */
  readonly replicaCount: number
  /** How long one batch waits for them. Nothing else passes on the connection meanwhile. In ms. */
  readonly withinMs: number
  /** Told each time that too few replicas had a batch in time. */
  readonly onShort: () => void
}

const replaysKey = '{flash-sale}:replays'

/**
 * Lets a batch be answered as accepted only when its replicas have it; else as unconfirmed. Nothing is undone: the orders stay in the
 * outbox, and are known when they are sent again. `redis` is the connection that `send` writes on, for WAIT knows the writes of its own
 * connection only.
 */
export function confirmReplication(
  send: SendBatch,
  redis: Redis,
  { replicaCount, withinMs, onShort }: ConfirmReplicationOptions,
): SendBatch {
  return async (itemId, begin) => {
    const lossesBefore = connectionLossCount(redis)
    const outcome = await send(itemId, begin)
    if (outcome.kind !== 'JUDGED' || !outcome.verdicts.some(isAccepted)) return outcome
    // WAIT waits for the last write of its connection. A replay reads only, and another process may have written its order just now.
    if (!outcome.entry) await redis.incr(replaysKey)
    const confirmedCount = await redis.wait(replicaCount, withinMs)
    // A new connection has written nothing, so WAIT waits for nothing.
    if (connectionLossCount(redis) !== lossesBefore) throw new ReplyLostError()
    if (confirmedCount >= replicaCount) return outcome
    onShort()
    return { ...outcome, isUnconfirmed: true }
  }
}
