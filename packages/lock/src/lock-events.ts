import { channel } from 'node:diagnostics_channel'
import type { ReleaseOutcome } from './lease-scripts.ts'
import type { LostBy } from './lock-errors.ts'

export type LockKind = 'lock' | 'redlock' | 'semaphore'

interface OfLock {
  readonly kind: LockKind
  readonly lockName: string
}

interface OfLease extends OfLock {
  readonly owner: string
}

/** What is told of locks. Each `acquired` is followed by exactly one `released` or `lost`. */
export interface LockEvents {
  acquired: OfLease & { readonly waitedMs: number }
  /** Nothing was handed out. `error` is what the caller got. */
  refused: OfLock & { readonly waitedMs: number; readonly error: unknown }
  /** `remainingMs`: what the lease had left before. */
  renewed: OfLease & { readonly remainingMs: number }
  lost: OfLease & { readonly heldMs: number; readonly lostBy: LostBy }
  /** 'unknown': Redis did not answer, so the lease ends by itself. */
  released: OfLease & { readonly heldMs: number; readonly outcome: ReleaseOutcome | 'unknown' }
}

const channels = {
  acquired: channel('flash-sale:lock:acquired'),
  refused: channel('flash-sale:lock:refused'),
  renewed: channel('flash-sale:lock:renewed'),
  lost: channel('flash-sale:lock:lost'),
  released: channel('flash-sale:lock:released'),
}

/** Tells who listens. The event is not made when nobody does. */
export function tell<What extends keyof LockEvents>(what: What, makeEvent: () => LockEvents[What]): void {
  if (channels[what].hasSubscribers) channels[what].publish(makeEvent())
}

/**
 * Calls `listener` at each event of every lock of this process, at once and in order; returns how to stop. The events are those of the
 * `node:diagnostics_channel` named `flash-sale:lock:` and the event.
 */
export function onLockEvent<What extends keyof LockEvents>(
  what: What,
  listener: (event: LockEvents[What]) => void,
): () => void {
  const subscriber = (event: unknown): void => listener(event as LockEvents[What])
  channels[what].subscribe(subscriber)
  return () => {
    channels[what].unsubscribe(subscriber)
  }
}
