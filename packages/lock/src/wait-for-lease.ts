import type { Redis } from 'ioredis'
import { answerMsDefault, answerWithin } from './answer-within.ts'
import { Bell } from './bell.ts'
import { acquireLease, releaseLease } from './lease-scripts.ts'
import { LockAbortedError, LockTimeoutError, LockUnansweredError } from './lock-errors.ts'
import type { LockKeys } from './lock-keys.ts'
import { HeldLock, type Lock } from './lock.ts'
import type { ReleaseNotices } from './release-notices.ts'

export interface LeaseRequest {
  readonly name: string
  readonly keys: LockKeys
  /** Never used for a second request: it is what makes a resent command recognisable. */
  readonly owner: string
  readonly leaseMs: number
  readonly renew: boolean
  readonly waitMs: number
  readonly fair: boolean
  /** Who takes it, for people; '' when nobody says. */
  readonly label: string
  /** How long Redis may take for one answer; undefined: as long as the request waits anyway. */
  readonly answerMs: number | undefined
  readonly fenceKeptMs: number
  /** Ends the waiting. */
  readonly stop: AbortSignal
}

/** A waiter looks by itself at least this often: a notice may be lost, a lock be deleted by hand. */
const checkMsMax = 1_000

/** A waiter that queues and was not seen for so long lets the next one pass: three missed checks. */
const waiterAliveMs = 3 * checkMsMax

/**
 * Asks once; if others hold the lock, asks again whenever a release is heard, the lease runs out, or `checkMsMax` passed.
 * The bell also rings once the subscription stands, which is the check that no release before it was missed.
 */
export async function waitForLease(redis: Redis, notices: ReleaseNotices, request: LeaseRequest): Promise<Lock> {
  const { name, keys, owner, waitMs, fair, stop } = request
  const startedAt = performance.now()
  const bell = new Bell()
  let stopListening: (() => void) | undefined
  let mayHoldOrQueue = false
  stop.addEventListener('abort', bell.ring)
  try {
    for (;;) {
      if (stop.aborted) throw new LockAbortedError(name, stop.reason)
      mayHoldOrQueue = true
      const attempt = await askOnce(redis, request, startedAt + waitMs)
      mayHoldOrQueue = !attempt.lock && fair
      if (attempt.lock) return attempt.lock

      const waitedMs = performance.now() - startedAt
      if (waitedMs >= waitMs) throw new LockTimeoutError(name, waitedMs, attempt.busyMs)
      stopListening ??= notices.listen(keys.channel, (nextOwner) => {
        if (!fair || nextOwner === '' || nextOwner === owner) bell.ring()
      })
      await bell.wait(Math.min(attempt.busyMs + 1, checkMsMax, waitMs - waitedMs))
    }
  } finally {
    stop.removeEventListener('abort', bell.ring)
    stopListening?.()
    // A lost reply may have been a grant. Nobody waits for this one: if it is lost too, the lease ends by itself.
    if (mayHoldOrQueue) releaseLease(redis, keys, owner).catch(() => {})
  }
}

type Attempt = { readonly lock: Lock } | { readonly lock?: never; readonly busyMs: number }

async function askOnce(redis: Redis, request: LeaseRequest, giveUpAt: number): Promise<Attempt> {
  const { name, keys, owner, leaseMs, fair, label, fenceKeptMs, stop } = request
  const sentAt = performance.now()
  // A grant that is heard of after its lease is none.
  const answerMs = Math.min(leaseMs, request.answerMs ?? Math.max(giveUpAt - sentAt, answerMsDefault))
  const unanswered = (): Error => new LockUnansweredError(name, answerMs)
  const reply = await answerWithin(
    acquireLease(redis, keys, owner, leaseMs, fair ? waiterAliveMs : 0, label, fenceKeptMs),
    answerMs,
    unanswered,
    stop,
    () => new LockAbortedError(name, stop.reason),
  )
  if (!reply.taken) return reply
  if (performance.now() >= sentAt + leaseMs) throw unanswered()
  return { lock: new HeldLock(redis, { ...request, fence: reply.fence, sentAt }) }
}
