import type { Redis } from 'ioredis'
import { HeldLease, type Grant, type Lease } from './held-lease.ts'
import { releaseLease, renewLease } from './lease-scripts.ts'
import type { LockKeys } from './lock-keys.ts'

/** The lease of a lock: one holder at a time. Its `owner` is the value of the lock's key; scripts that act for the holder check it. */
export interface Lock extends Lease {
  /** Larger than that of every earlier holder. Whoever is written to must refuse a smaller one than it has seen. */
  readonly fence: bigint
}

export interface LockGrant extends Omit<Grant, 'kind'> {
  readonly keys: LockKeys
  readonly fence: bigint
}

export class HeldLock extends HeldLease implements Lock {
  readonly fence: bigint

  constructor(redis: Redis, { keys, fence, ...grant }: LockGrant) {
    const { owner, leaseMs } = grant
    const renew = (): Promise<boolean> => renewLease(redis, keys, owner, leaseMs)
    const release = (): ReturnType<typeof releaseLease> => releaseLease(redis, keys, owner)
    super({ renew, release }, { ...grant, kind: 'lock' })
    this.fence = fence
  }
}
