import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { ReleaseOutcome } from './lease-scripts.ts'
import { LockLostError, LockUnansweredError, type LostBy } from './lock-errors.ts'
import { tell, type LockKind } from './lock-events.ts'

/** Something that is held for a while. Everything it says is judged by this process's monotonic clock, and errs on the early side. */
export interface Held extends AsyncDisposable {
  /** Aborts with a `LockLostError` when the lease can no longer be relied upon. */
  readonly signal: AbortSignal
  /** `performance.now()` until which the lease certainly lasts unless Redis loses it; moves with each renewal. */
  readonly deadline: number
  readonly remainingMs: number
  /**
   * Gives the lease up. `lost`: it was no longer ours, and nothing was deleted. Rejects if Redis failed or
   * took over 2 s; then the lease ends by itself. Later calls return the first one's answer.
   */
  release(): Promise<ReleaseOutcome>
}

export interface Lease extends Held {
  readonly name: string
  /** The random token that stands for this holder in Redis. */
  readonly owner: string
}

/** A lease that was granted to a question sent at `sentAt` (`performance.now()`). */
export interface Grant {
  readonly kind: LockKind
  readonly name: string
  readonly owner: string
  readonly leaseMs: number
  readonly renew: boolean
  readonly sentAt: number
  /** Taken off the end of the lease, for clocks that run at different rates. */
  readonly driftMs?: number
}

/** Where a lease stands. Both reject when the store does not say. */
export interface LeaseStore {
  /** True if the lease was the owner's and now lasts `leaseMs` more; false if it is gone. */
  renew(): Promise<boolean>
  release(): Promise<ReleaseOutcome>
}

/** What Redis is given to answer when nobody agreed to wait longer: far more than a healthy one takes. */
export const answerMsDefault = 2_000

/** Two renewals may fail before the lease runs out. */
const renewalsPerLease = 3

export class HeldLease implements Lease {
  readonly name: string
  readonly owner: string
  readonly #store: LeaseStore
  readonly #grant: Grant
  readonly #certainMs: number
  #deadline: number
  #deadlineTimer: NodeJS.Timeout | undefined
  #renewalTimer: NodeJS.Timeout | undefined
  #release: Promise<ReleaseOutcome> | undefined
  #lost: LockLostError | undefined
  /** Made when it is first asked for: most work under a lock is over before. */
  #signal: AbortController | undefined

  constructor(store: LeaseStore, grant: Grant) {
    this.name = grant.name
    this.owner = grant.owner
    this.#store = store
    this.#grant = grant
    this.#certainMs = grant.leaseMs - (grant.driftMs ?? 0)
    this.#deadline = grant.sentAt + this.#certainMs
    this.#watchDeadline()
    if (grant.renew) this.#renewLater(grant.sentAt)
  }

  get deadline(): number {
    return this.#deadline
  }

  get remainingMs(): number {
    return Math.max(0, this.#deadline - performance.now())
  }

  get signal(): AbortSignal {
    this.#checkDeadline()
    this.#signal ??= new AbortController()
    if (this.#lost) this.#signal.abort(this.#lost)
    return this.#signal.signal
  }

  release(): Promise<ReleaseOutcome> {
    this.#checkDeadline()
    this.#release ??= this.#giveUp()
    return this.#release
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch(() => {})
  }

  async #giveUp(): Promise<ReleaseOutcome> {
    this.#stopTimers()
    const unanswered = (): Error => new LockUnansweredError(this.name, answerMsDefault)
    try {
      const outcome = await answerWithin(this.#store.release(), answerMsDefault, unanswered)
      if (outcome === 'lost') this.#lose('gone')
      else this.#tellReleased(outcome)
      return outcome
    } catch (error) {
      this.#tellReleased('unknown')
      throw error
    }
  }

  #watchDeadline(): void {
    clearTimeout(this.#deadlineTimer)
    this.#deadlineTimer = setTimeout(() => {
      // Timers may fire a little early.
      if (!this.#checkDeadline()) this.#watchDeadline()
    }, Math.ceil(this.remainingMs))
    this.#deadlineTimer.unref()
  }

  /** Also called from outside the timer: a process that was busy past the deadline looks before its timers get to run. */
  #checkDeadline(): boolean {
    const passed = this.remainingMs === 0 && !this.#release
    if (passed) this.#lose('deadline')
    return passed
  }

  #renewLater(lastSentAt: number): void {
    const dueAt = lastSentAt + this.#grant.leaseMs / renewalsPerLease
    this.#renewalTimer = setTimeout(() => void this.#renew(), Math.max(0, dueAt - performance.now()))
    this.#renewalTimer.unref()
  }

  async #renew(): Promise<void> {
    const sentAt = performance.now()
    // An error says nothing about the lease: only the deadline and Redis' own word end it.
    const renewed = await this.#store.renew().catch(() => undefined)
    this.#checkDeadline()
    if (this.#release || this.#lost) return
    if (renewed === false) return this.#lose('gone')
    if (renewed) {
      const { remainingMs } = this
      tell('renewed', () => ({ ...this.#identity, remainingMs }))
      this.#deadline = sentAt + this.#certainMs
      this.#watchDeadline()
    }
    this.#renewLater(sentAt)
  }

  #lose(lostBy: LostBy): void {
    this.#stopTimers()
    if (this.#lost) return
    this.#lost = new LockLostError(this.name, lostBy)
    tell('lost', () => ({ ...this.#identity, heldMs: this.#heldMs, lostBy }))
    this.#signal?.abort(this.#lost)
  }

  #tellReleased(outcome: ReleaseOutcome | 'unknown'): void {
    if (this.#lost) return
    tell('released', () => ({ ...this.#identity, heldMs: this.#heldMs, outcome }))
  }

  get #identity(): { kind: LockKind; lockName: string; owner: string } {
    return { kind: this.#grant.kind, lockName: this.name, owner: this.owner }
  }

  get #heldMs(): number {
    return performance.now() - this.#grant.sentAt
  }

  #stopTimers(): void {
    clearTimeout(this.#deadlineTimer)
    clearTimeout(this.#renewalTimer)
  }
}
