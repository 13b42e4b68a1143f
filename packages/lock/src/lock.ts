import type { Redis } from 'ioredis'
import { answerMsDefault, answerWithin } from './answer-within.ts'
import { releaseLease, renewLease, type ReleaseOutcome } from './lease-scripts.ts'
import { LockLostError, LockUnansweredError, type LostBy } from './lock-errors.ts'
import type { LockKeys } from './lock-keys.ts'

/** A lease that is held. Everything it says is judged by this process's monotonic clock, and errs on the early side. */
export interface Lock extends AsyncDisposable {
  readonly name: string
  /** The random token that is the value of the lock's key; scripts that act for the holder check it. */
  readonly owner: string
  /** Larger than that of every earlier holder. Whoever is written to must refuse a smaller one than it has seen. */
  readonly fence: bigint
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

/** A lease that Redis granted to a command sent at `sentAt` (`performance.now()`). */
export interface Grant {
  readonly name: string
  readonly keys: LockKeys
  readonly owner: string
  readonly fence: bigint
  readonly leaseMs: number
  readonly renew: boolean
  readonly sentAt: number
}

/** Two renewals may fail before the lease runs out. */
const renewalsPerLease = 3

export class HeldLock implements Lock {
  readonly name: string
  readonly owner: string
  readonly fence: bigint
  readonly #redis: Redis
  readonly #grant: Grant
  readonly #loss = new AbortController()
  #deadline: number
  #deadlineTimer: NodeJS.Timeout | undefined
  #renewalTimer: NodeJS.Timeout | undefined
  #release: Promise<ReleaseOutcome> | undefined

  constructor(redis: Redis, grant: Grant) {
    this.name = grant.name
    this.owner = grant.owner
    this.fence = grant.fence
    this.#redis = redis
    this.#grant = grant
    this.#deadline = grant.sentAt + grant.leaseMs
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
    return this.#loss.signal
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
    const outcome = await answerWithin(
      releaseLease(this.#redis, this.#grant.keys, this.owner),
      answerMsDefault,
      () => new LockUnansweredError(this.name, answerMsDefault),
    )
    if (outcome === 'lost') this.#lose('gone')
    return outcome
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
    const renewed = await renewLease(this.#redis, this.#grant.keys, this.owner, this.#grant.leaseMs).catch(
      () => undefined,
    )
    if (this.#release || this.signal.aborted) return
    if (renewed === false) return this.#lose('gone')
    if (renewed) {
      this.#deadline = sentAt + this.#grant.leaseMs
      this.#watchDeadline()
    }
    this.#renewLater(sentAt)
  }

  #lose(lostBy: LostBy): void {
    this.#stopTimers()
    if (!this.#loss.signal.aborted) this.#loss.abort(new LockLostError(this.name, lostBy))
  }

  #stopTimers(): void {
    clearTimeout(this.#deadlineTimer)
    clearTimeout(this.#renewalTimer)
  }
}
