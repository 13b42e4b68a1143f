import { answerWithin } from '@flash-sale/runtime/answer-within'
import { Bell } from './bell.ts'
import { answerMsDefault } from './held-lease.ts'
import { LockTimeoutError, LockUnansweredError } from './lock-errors.ts'
import type { ReleaseNotices } from './release-notices.ts'
import type { Stop } from './stop.ts'

/** A lease, or when the holder's ends by itself. */
export type Attempt<L> =
  | { readonly taken: true; readonly lease: L }
  | { readonly taken: false; readonly busyMs: number }

export interface LeaseRequest<L> {
  readonly name: string
  /** Where releases are told. */
  readonly channel: string
  readonly waitMs: number
  /** Ends the waiting; its reason is what the caller gets. */
  readonly stop: Stop
  /** Whether a release concerns this waiter, by the owner whose turn it is. */
  readonly isCalled: (nextOwner: string) => boolean
  /** True if the waiter keeps a place in a queue between two questions, to be given back in the end. */
  readonly queues: boolean
  /** Asks once. */
  readonly ask: (giveUpAt: number) => Promise<Attempt<L>>
  /** Gives back what a question may have taken. */
  readonly giveBack: () => Promise<unknown>
}

/** A waiter looks by itself at least this often: a notice may be lost, a lock be deleted by hand. */
export const checkMsMax = 1_000

/**
 * Asks once; if others hold the lock, asks again whenever a release is heard, the lease runs out, or `checkMsMax` passed.
 * The bell also rings once the subscription stands, which is the check that no release before it was missed; a subscription that stood
 * before the first question needs no such check.
 */
export async function waitForLease<L>(notices: ReleaseNotices, request: LeaseRequest<L>): Promise<L> {
  const { name, channel, waitMs, stop, isCalled, queues } = request
  const startedAt = performance.now()
  const bell = new Bell()
  const onNotice = (nextOwner: string): void => {
    if (nextOwner === '' || isCalled(nextOwner)) bell.ring()
  }
  let stopListening = notices.listenIfStanding(channel, onNotice)
  let mayHoldOrQueue = false
  const stopRinging = stop.onEnd(bell.ring)
  try {
    for (;;) {
      stop.throwIfStopped()
      mayHoldOrQueue = true
      const attempt = await request.ask(startedAt + waitMs)
      mayHoldOrQueue = !attempt.taken && queues
      if (attempt.taken) return attempt.lease

      const waitedMs = performance.now() - startedAt
      if (waitedMs >= waitMs) throw new LockTimeoutError(name, waitedMs, attempt.busyMs)
      stopListening ??= notices.listen(channel, onNotice)
      await bell.wait(Math.min(attempt.busyMs + 1, checkMsMax, waitMs - waitedMs))
    }
  } finally {
    stopRinging()
    stopListening?.()
    // A lost reply may have been a grant. Nobody waits for this one: if it is lost too, the lease ends by itself.
    if (mayHoldOrQueue) request.giveBack().catch(() => {})
  }
}

export interface QuestionOptions {
  readonly name: string
  readonly leaseMs: number
  /** How long Redis may take for one answer; undefined: as long as the request waits anyway, and at least 2 s. */
  readonly answerMs: number | undefined
  /** `performance.now()` until which the request waits. */
  readonly giveUpAt: number
  readonly stop: Stop
}

/** Asks for a lease. Rejects when the answer does not come in time, or is a grant that is over by then. */
export async function askForLease<Reply extends { readonly taken: boolean }>(
  ask: () => Promise<Reply>,
  { name, leaseMs, answerMs, giveUpAt, stop }: QuestionOptions,
): Promise<{ readonly reply: Reply; readonly sentAt: number }> {
  const sentAt = performance.now()
  const withinMs = Math.min(leaseMs, answerMs ?? Math.max(giveUpAt - sentAt, answerMsDefault))
  const unanswered = (): Error => new LockUnansweredError(name, withinMs)
  const reply = await stop.during(answerWithin(ask(), withinMs, unanswered))
  if (reply.taken && performance.now() >= sentAt + leaseMs) throw unanswered()
  return { reply, sentAt }
}
