import { LockAbortedError, LockTimeoutError, LockUnansweredError } from './lock-errors.ts'
import { onLockEvent, type LockKind } from './lock-events.ts'

/** What happened to the locks of one kind since the counting began. All but `held` only grow. */
export interface LockCount {
  acquired: number
  /** Refusals, by reason: held by others, aborted, no answer in time, an error of the Redis client. */
  timedOut: number
  aborted: number
  unanswered: number
  failed: number
  renewed: number
  released: number
  lost: number
  /** Held now. */
  held: number
  /** Time from the question to the lease or the refusal, and from the lease to its end; sums in ms. */
  waitedMs: number
  heldMs: number
}

export interface LockCounts {
  /** The counts by now; plain numbers, so that a metrics library can read them when it is asked. */
  read(): Readonly<Record<LockKind, Readonly<LockCount>>>
  close(): void
}

/** Counts what happens to every lock of this process from now on. */
export function countLocks(): LockCounts {
  const counts = { lock: none(), redlock: none(), semaphore: none() }
  const stops = [
    onLockEvent('acquired', ({ kind, waitedMs }) => {
      counts[kind].acquired += 1
      counts[kind].held += 1
      counts[kind].waitedMs += waitedMs
    }),
    onLockEvent('refused', ({ kind, waitedMs, error }) => {
      counts[kind][reasonOf(error)] += 1
      counts[kind].waitedMs += waitedMs
    }),
    onLockEvent('renewed', ({ kind }) => void (counts[kind].renewed += 1)),
    ...(['released', 'lost'] as const).map((what) =>
      onLockEvent(what, ({ kind, heldMs }) => {
        counts[kind][what] += 1
        counts[kind].held -= 1
        counts[kind].heldMs += heldMs
      }),
    ),
  ]
  return {
    read: () => structuredClone(counts),
    close: () => stops.forEach((stop) => stop()),
  }
}

function reasonOf(error: unknown): 'timedOut' | 'aborted' | 'unanswered' | 'failed' {
  if (error instanceof LockTimeoutError) return 'timedOut'
  if (error instanceof LockAbortedError) return 'aborted'
  return error instanceof LockUnansweredError ? 'unanswered' : 'failed'
}

function none(): LockCount {
  return {
    acquired: 0,
    timedOut: 0,
    aborted: 0,
    unanswered: 0,
    failed: 0,
    renewed: 0,
    released: 0,
    lost: 0,
    held: 0,
    waitedMs: 0,
    heldMs: 0,
  }
}
