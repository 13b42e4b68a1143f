import { LockTimeoutError } from '@flash-sale/lock/lock-errors'
import type { Locks } from '@flash-sale/lock/locks'
import type { Redis } from 'ioredis'
import { connectionLossCount } from './connection-losses.ts'
import { itemLockName } from './ledger-keys.ts'
import type { KnownLedgers } from './known-ledgers.ts'
import type { Making } from './making.ts'
import { reserve, type BatchRefusal, type JudgedBatch, type OrderToReserve } from './reserve.ts'

export type ReserveStrategyName = 'gate' | 'lease'

/**
 * What came of one batch, and the epoch of the ledger that judged it. `resent`: the connection broke on the way, so another
 * sending of it may still arrive. `isUnconfirmed`: too few replicas have it, so what it accepted may be lost yet.
 */
export type BatchOutcome =
  | (Omit<JudgedBatch, 'text'> & {
      readonly epoch: number
      readonly resent?: boolean
      readonly isUnconfirmed?: boolean
    })
  | Exclude<BatchRefusal, { kind: 'STALE_EPOCH' }>

/**
 * Sends one batch of an item to its ledger. `begin` is called once, right before, and says which orders: until then none of
 * them can have been accepted, and those whose time ran out are left behind. The verdicts are those of the orders that it gave.
 */
export type SendBatch = (itemId: number, begin: () => readonly OrderToReserve[]) => Promise<BatchOutcome>

/** Told of each batch that a ledger judged, before its buyers are answered. */
export type RememberBatch = (
  itemId: number,
  making: Making,
  judged: JudgedBatch,
  orders: readonly OrderToReserve[],
) => void

/** How long a batch under a lease may take, and how long it waits for its turn before it answers BUSY. */
const batchLeaseMs = 2_000
const batchLeaseWaitMs = 500

/**
 * `gate`: the script itself refuses while another holds the item's lock; no round trip more. The default.
 * `lease`: the classic way, kept to be measured: take the lock, run the same script as its owner, release.
 */
export function createSendBatch(
  strategy: ReserveStrategyName,
  redis: Redis,
  ledgers: KnownLedgers,
  locks: Locks,
  remember: RememberBatch = () => undefined,
): SendBatch {
  const sendByGate: SendBatch = (itemId, begin) => sendAtCurrentEpoch(redis, ledgers, itemId, '', begin, remember)
  const sendByLease: SendBatch = async (itemId, begin) => {
    try {
      return await locks.using(itemLockName(itemId), { leaseMs: batchLeaseMs, waitMs: batchLeaseWaitMs }, ({ owner }) =>
        sendAtCurrentEpoch(redis, ledgers, itemId, owner, begin, remember),
      )
    } catch (error) {
      if (error instanceof LockTimeoutError) return { kind: 'BUSY', retryAfterMs: 1 }
      throw error
    }
  }
  return strategy === 'gate' ? sendByGate : sendByLease
}

/**
 * The batch was answered on another connection than it was begun on: the client sends again what had no reply, so this may be
 * the answer to a second sending, of which the first was accepted.
 */
export class ReplyLostError extends Error {
  override readonly name = 'ReplyLostError'
  constructor() {
    super('the connection broke while a batch was on its way')
  }
}

/**
 * A ledger of another epoch than we knew is either newer (Postgres says so too: send again) or an old copy that came back
 * (Postgres disagrees: as good as missing).
 */
async function sendAtCurrentEpoch(
  redis: Redis,
  ledgers: KnownLedgers,
  itemId: number,
  owner: string,
  begin: () => readonly OrderToReserve[],
  remember: RememberBatch,
): Promise<BatchOutcome> {
  const orders = begin()
  if (orders.length === 0) return { kind: 'JUDGED', epoch: 0, verdicts: [] }
  for (let known = ledgers.get(itemId), refreshed = false; known; refreshed = true) {
    const { birth, epoch, sequence } = known
    const lossesBefore = connectionLossCount(redis)
    const outcome = await reserve(redis, itemId, { owner, birth, epoch, sequence }, orders)
    if (outcome.kind === 'JUDGED') {
      remember(itemId, { birth, epoch }, outcome, orders)
      if (outcome.entry && known.epoch === epoch) known.sequence = Math.max(known.sequence, outcome.entry.sequence)
      return { ...outcome, epoch, resent: connectionLossCount(redis) !== lossesBefore }
    }
    if (connectionLossCount(redis) !== lossesBefore) throw new ReplyLostError()
    if (outcome.kind !== 'STALE_EPOCH') return outcome
    // Nothing was written, and that is definite even when Postgres does not answer now.
    known = refreshed ? undefined : await ledgers.refresh(itemId).catch(() => undefined)
  }
  return { kind: 'NOT_LOADED' }
}
