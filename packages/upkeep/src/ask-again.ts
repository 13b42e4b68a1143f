import { setTimeout as sleep } from 'node:timers/promises'
import { isPassing } from '@flash-sale/database/sql-state'

/** A Postgres that is away for longer is waited for by the next rebuild: the item's lease and a hand are not kept for it. In ms. */
const patienceMs = 5_000
const pauseMs = 100

/**
 * Asks Postgres something that can be asked twice, again and again while its connection breaks or its backend is killed: a holder then
 * repeats a question, not all that it did. Rejects with the last failure, and when the signal of the hold says that it is lost.
 */
export async function askAgain<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let failedSinceMs: number | undefined; ;) {
    signal.throwIfAborted()
    try {
      return await ask()
    } catch (error) {
      failedSinceMs ??= performance.now()
      if (!isPassing(error) || performance.now() - failedSinceMs > patienceMs) throw error
      await sleep(pauseMs)
    }
  }
}
