/** One reading of the service's clock. */
interface Reading {
  /** Server time less the page's monotonic time, in ms. */
  readonly offsetMs: number
  /** How long the answer took, in ms. The offset is wrong by at most half of this. */
  readonly roundTripMs: number
  /** When the reading was taken, by the monotonic clock. */
  readonly takenAt: number
}

export interface ServerClockOptions {
  /** Asks the service for its time, in ms since 1970. */
  readonly readTime: () => Promise<number>
  /** The monotonic clock, in ms. */
  readonly monotonicNow: () => number
  /** The page's own clock, in ms since 1970, for the time before the first answer. */
  readonly ownNow: () => number
}

/** A slower reading replaces the best one only when the best is this old, since two clocks drift apart. */
const keptMs = 10 * 60_000

function isBetter(reading: Reading, best: Reading): boolean {
  if (reading.roundTripMs <= best.roundTripMs || reading.takenAt - best.takenAt >= keptMs) return true
  // The readings contradict each other: the monotonic clock stood still while the machine slept, or the service's clock was set.
  return Math.abs(reading.offsetMs - best.offsetMs) > (reading.roundTripMs + best.roundTripMs) / 2
}

/** The service's clock, as this page knows it. A reader's own clock is often minutes off, and may be set while the page is open. */
export function createServerClock({ readTime, monotonicNow, ownNow }: ServerClockOptions) {
  let best: Reading | undefined

  function note(time: number, sentAt: number, takenAt: number): void {
    const roundTripMs = takenAt - sentAt
    const reading = { offsetMs: time - (sentAt + roundTripMs / 2), roundTripMs, takenAt }
    if (!best || isBetter(reading, best)) best = reading
  }

  return {
    /** Takes a time that the service told in another answer, which was asked for and came at these moments of the monotonic clock. */
    note,
    /** The service's time now, in ms since 1970. Until the first answer it is the page's own time. */
    now: (): number => (best ? monotonicNow() + best.offsetMs : ownNow()),
    /** The largest error of `now`, in ms; undefined until the first answer. */
    uncertaintyMs: (): number | undefined => (best ? best.roundTripMs / 2 : undefined),
    /** Asks the service. Rejects if the service does not answer; earlier readings stay. */
    async sync(): Promise<void> {
      const sentAt = monotonicNow()
      const time = await readTime()
      note(time, sentAt, monotonicNow())
    },
  }
}
