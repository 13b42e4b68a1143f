/** One reading of the service's clock. */
interface Reading {
  /** Server time less the page's monotonic time, in ms. */
  readonly offsetMs: number
  /** How long the answer took, in ms: the offset is wrong by at most half of it. */
  readonly roundTripMs: number
  /** When it was taken, of the monotonic time. */
  readonly takenAt: number
}

export interface ServerClockOptions {
  /** Asks the service what time it is, in ms since 1970. */
  readonly readTime: () => Promise<number>
  /** A clock that nobody sets, in ms. */
  readonly monotonicNow: () => number
  /** What the page's own clock says, until the service has been asked. */
  readonly ownNow: () => number
}

/** A reading that took longer than the best one is taken only once the best is this old: two clocks drift apart. */
const keptMs = 10 * 60_000

function isBetter(reading: Reading, best: Reading): boolean {
  if (reading.roundTripMs <= best.roundTripMs || reading.takenAt - best.takenAt >= keptMs) return true
  // Both cannot be right: the page's monotonic clock stood still, as it may while a machine sleeps, or the service's was set.
  return Math.abs(reading.offsetMs - best.offsetMs) > (reading.roundTripMs + best.roundTripMs) / 2
}

/** The service's clock as seen from here. A reader's own clock is often minutes off, and may be set while the page is open. */
export function createServerClock({ readTime, monotonicNow, ownNow }: ServerClockOptions) {
  let best: Reading | undefined
  return {
    /** The service's time now, in ms since 1970; the page's own until the first answer. */
    now: (): number => (best ? monotonicNow() + best.offsetMs : ownNow()),
    /** By how much `now` may be off, in ms; undefined until the first answer. */
    uncertaintyMs: (): number | undefined => (best ? best.roundTripMs / 2 : undefined),
    /** Asks the service. Rejects if it does not answer; what was known stays. */
    async sync(): Promise<void> {
      const sentAt = monotonicNow()
      const time = await readTime()
      const takenAt = monotonicNow()
      const roundTripMs = takenAt - sentAt
      const reading = { offsetMs: time - (sentAt + roundTripMs / 2), roundTripMs, takenAt }
      if (!best || isBetter(reading, best)) best = reading
    },
  }
}
