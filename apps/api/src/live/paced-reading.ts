import { answerWithin } from '@flash-sale/runtime/answer-within'

/** A number that costs too much to be read for each frame. */
export interface PacedReading<Value> {
  /** Reads again if it is time. Does not wait, and never rejects. */
  look(): void
  /** What was read last; undefined before the first reading. */
  readonly last: Value | undefined
  /** Whether the newest reading failed or is late, so that `last` is old. */
  readonly isOld: boolean
}

/** After a reading the store rests this many times as long as the reading took. */
const restFactor = 10
const answerMs = 1_500

/** Reads at most every `everyMs`, and one reading at a time, as long as the store may take. */
export function createPacedReading<Value>(everyMs: number, read: () => Promise<Value>): PacedReading<Value> {
  let last: Value | undefined
  let isOld = false
  let isReading = false
  let nextAtMs = -Infinity

  async function readOnce(): Promise<void> {
    const startedAtMs = performance.now()
    const reading = read()
    try {
      last = await answerWithin(reading, answerMs, 'Postgres')
      isOld = false
    } catch {
      isOld = true
      // A question that was not answered in time holds a connection until it is.
      await reading.catch(() => undefined)
    }
    const tookMs = performance.now() - startedAtMs
    nextAtMs = performance.now() + Math.max(everyMs, tookMs * restFactor)
    isReading = false
  }

  return {
    look() {
      if (isReading || performance.now() < nextAtMs) return
      isReading = true
      void readOnce()
    },
    get last() {
      return last
    },
    get isOld() {
      return isOld
    },
  }
}
