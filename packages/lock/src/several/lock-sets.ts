import type { Held, Lease } from '../held-lease.ts'
import { leasingOf, waitMsOf, type Leasing, type WaitOptions } from '../leasing.ts'
import { HeldSet, type LockSet } from './held-set.ts'

/**
 * Takes several locks of `locks` (single ones, or those of a Redlock) as one. All callers take them in the same order, the names'
 * own, so two of them never wait for each other. A name that comes twice is taken once. `waitMs` is for all of them together.
 * Rejects as the first lock does that cannot be had; the others are then given back.
 */
export function createLockSets<Options extends WaitOptions, L extends Lease>(
  locks: Pick<Leasing<string, Options, L>, 'acquire'>,
): Leasing<readonly string[], Options, LockSet<L>> {
  return leasingOf(async (names: readonly string[], options: Options) => {
    if (names.length === 0) throw new TypeError('name at least one lock')
    const giveUpAt = performance.now() + waitMsOf(options)
    const held: L[] = []
    try {
      for (const name of inOrder(names)) {
        const waitMs = Math.max(0, giveUpAt - performance.now())
        held.push(await locks.acquire(name, { ...options, waitMs }))
      }
      // Waiting for the last may have outlasted the lease of the first.
      for (const { signal } of held) signal.throwIfAborted()
      return new HeldSet(held)
    } catch (error) {
      await releaseAll(held)
      throw error
    }
  })
}

/** By code units, so that every process agrees whatever its language. */
function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}

async function releaseAll(held: readonly Held[]): Promise<void> {
  await Promise.allSettled(held.map((one) => one.release()))
}
