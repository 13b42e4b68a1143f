import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Lease } from '../held-lease.ts'
import { leasingOf, waitMsOf, type Leasing, type WaitOptions } from '../leasing.ts'
import { hashTagOf, lockKeys } from '../lock-keys.ts'
import { createWaiting } from '../waiting.ts'
import { createMaster, type Master } from './master.ts'
import { waitForMajority } from './wait-for-majority.ts'

export interface RedlockOptions extends WaitOptions {
  /** How long one master may take to answer, before it counts as silent. Default a tenth of the lease. */
  readonly answerMs?: number
}

/** Leases that more than half of some masters grant. They have no fence: the masters count on their own. */
export interface Redlock extends Leasing<string, RedlockOptions, Lease> {
  /** Ends all waiting and the connections for notices. What is held stays held until released. */
  close(): void
}

export interface CreateRedlockOptions {
  /** What the keys of a lock begin with; must hold a hash tag. Default: the name in braces. */
  readonly keyOf?: (name: string) => string
}

/** How far the clocks of this process and of the masters drift apart during a lease: a hundredth of it, and 2 ms for rounding. */
const driftShare = 0.01
const driftMsMin = 2

/**
 * Exclusive leases over masters that do not replicate each other; an odd number of them, three or more. A lock is free for another as
 * soon as most masters forgot it, so it is no safer than they are: read in README.md what it cannot give.
 */
export function createRedlock(masters: readonly Redis[], options: CreateRedlockOptions = {}): Redlock {
  return createRedlockOf(masters.map(createMaster), options)
}

/** The same on masters of any making. */
export function createRedlockOf(masters: readonly Master[], { keyOf = hashTagOf }: CreateRedlockOptions = {}): Redlock {
  if (masters.length === 0) throw new TypeError('a Redlock needs masters')
  const waiting = createWaiting('redlock')

  async function acquire(name: string, wanted: RedlockOptions): Promise<Lease> {
    const { leaseMs, renew = true, answerMs = leaseMs / 10, signal } = wanted
    const waitMs = waitMsOf(wanted)
    if (!(answerMs > 0)) throw new RangeError(`answerMs must be more than 0, not ${answerMs}`)
    const keys = lockKeys(keyOf(name))
    const owner = randomUUID()
    const driftMs = leaseMs * driftShare + driftMsMin
    return waiting.take(name, signal, (stop) =>
      waitForMajority(masters, { name, keys, owner, leaseMs, driftMs, renew, waitMs, answerMs, stop }),
    )
  }

  return {
    ...leasingOf(acquire),
    close() {
      waiting.close()
      for (const { notices } of masters) notices.close()
    },
  }
}
