import type { LockKeys } from '../lock-keys.ts'
import type { Master } from './master.ts'

export interface SimulatedMaster extends Master {
  /** Who has this master's vote now. */
  readonly ownerOf: (keys: LockKeys) => string | undefined
  readonly renewedCount: () => number
  /** From now on this master forgets what it knew. */
  readonly restartEmpty: () => void
  /** From now on a renewal takes so long. */
  readonly slowRenewals: (ms: number) => void
}

export interface SimulatedMasterOptions {
  /** How long a question takes to come here; its answer takes no time. */
  readonly delayMs?: number
  /** How fast the clock of the master runs. */
  readonly clockRate?: number
}

/** A master without Redis or network: what it does depends on `setTimeout` and `performance.now()` alone, which tests set. */
export function simulatedMaster({ delayMs = 1, clockRate = 1 }: SimulatedMasterOptions = {}): SimulatedMaster {
  const votes = new Map<string, { owner: string; untilMs: number }>()
  let renewedCount = 0
  let renewalMs = delayMs
  const ownerOf = ({ lock }: LockKeys): string | undefined => {
    const vote = votes.get(lock)
    return vote && vote.untilMs > performance.now() ? vote.owner : undefined
  }
  const give = ({ lock }: LockKeys, owner: string, leaseMs: number): void =>
    void votes.set(lock, { owner, untilMs: performance.now() + leaseMs / clockRate })
  return {
    async vote(keys, owner, leaseMs) {
      await sleep(delayMs)
      const holder = ownerOf(keys) ?? owner
      if (holder !== owner) return { isGiven: false, owner: holder, busyMs: 1_000 }
      give(keys, owner, leaseMs)
      return { isGiven: true }
    },
    async renew(keys, owner, leaseMs) {
      renewedCount += 1
      await sleep(renewalMs)
      if (ownerOf(keys) !== owner) return false
      give(keys, owner, leaseMs)
      return true
    },
    async returnVote(keys, owner) {
      await this.release(keys, owner)
    },
    async release(keys, owner) {
      await sleep(delayMs)
      if (ownerOf(keys) !== owner) return 'lost'
      votes.delete(keys.lock)
      return 'released'
    },
    notices: { listen: () => () => {}, listenIfStanding: () => undefined, close: () => {} },
    ownerOf,
    renewedCount: () => renewedCount,
    restartEmpty: () => votes.clear(),
    slowRenewals: (ms) => void (renewalMs = ms),
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
