import type { Held, Lease } from '../held-lease.ts'
import type { ReleaseOutcome } from '../lease-scripts.ts'

/** Several locks that are held as one: what ends one of them ends the set. */
export interface LockSet<L extends Lease> extends Held {
  /** By name. */
  readonly locks: ReadonlyMap<string, L>
}

export class HeldSet<L extends Lease> implements LockSet<L> {
  readonly locks: ReadonlyMap<string, L>
  readonly #loss = new AbortController()

  constructor(locks: readonly L[]) {
    this.locks = new Map(locks.map((lock) => [lock.name, lock]))
    for (const { signal } of locks) signal.addEventListener('abort', () => this.#lose(signal))
  }

  get signal(): AbortSignal {
    for (const { signal } of this.locks.values()) if (signal.aborted) this.#lose(signal)
    return this.#loss.signal
  }

  get deadline(): number {
    return Math.min(...[...this.locks.values()].map((lock) => lock.deadline))
  }

  get remainingMs(): number {
    return Math.max(0, this.deadline - performance.now())
  }

  /** 'lost' if one of them was lost. Rejects if that is not known of one; the others are given up all the same. */
  async release(): Promise<ReleaseOutcome> {
    const outcomes = await Promise.allSettled([...this.locks.values()].map((lock) => lock.release()))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value === 'released')
      ? 'released'
      : 'lost'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch(() => {})
  }

  #lose({ reason }: AbortSignal): void {
    if (!this.#loss.signal.aborted) this.#loss.abort(reason)
  }
}
