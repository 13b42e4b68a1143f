/** Everything that can go wrong with a lock by itself. Errors of the Redis client pass through unchanged. */
export abstract class LockError extends Error {
  readonly lockName: string

  constructor(lockName: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.lockName = lockName
  }
}

/** Others held the lock for all of `waitMs`. Definite: this caller does not hold it. */
export class LockTimeoutError extends LockError {
  readonly waitedMs: number
  /** What the holder had left of its lease when last seen; Infinity for a key that does not expire. */
  readonly holderRemainingMs: number

  constructor(lockName: string, waitedMs: number, holderRemainingMs: number) {
    super(lockName, `lock "${lockName}" was not free within ${Math.round(waitedMs)} ms`)
    this.waitedMs = waitedMs
    this.holderRemainingMs = holderRemainingMs
  }
}

/** The caller's signal aborted, or the locks were closed, before the lock was taken. `cause` is the reason. */
export class LockAbortedError extends LockError {
  constructor(lockName: string, cause: unknown) {
    super(lockName, `waiting for lock "${lockName}" was aborted`, { cause })
  }
}

/** Redis did not answer in time. Whether the command ran is unknown; the lease ends by itself in any case. */
export class LockUnansweredError extends LockError {
  constructor(lockName: string, waitedMs: number) {
    super(lockName, `Redis did not answer about lock "${lockName}" within ${Math.round(waitedMs)} ms`)
  }
}

/** `deadline`: no renewal was confirmed in time. `gone`: Redis answered that the lease is not this owner's any more. */
export type LostBy = 'deadline' | 'gone'

/** The holder can no longer be sure that it is alone. The reason of a lock's aborted `signal`. */
export class LockLostError extends LockError {
  readonly lostBy: LostBy

  constructor(lockName: string, lostBy: LostBy) {
    super(lockName, `lock "${lockName}" was lost: ${lostBy === 'gone' ? 'the lease is gone' : 'its deadline passed'}`)
    this.lostBy = lostBy
  }
}
