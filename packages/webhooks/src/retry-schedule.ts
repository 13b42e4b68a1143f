/** When an event that was not delivered is sent again, and when it is not any more. */
export interface RetrySchedule {
  /** The pause after each failed try; the last one repeats. In ms. */
  readonly pausesMs: readonly number[]
  /** An endpoint that failed for longer is paused. In ms. */
  readonly giveUpAfterMs: number
  /** An event that the receiver refuses this often is dead. */
  readonly refusedTriesMax: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** The events behind wait meanwhile, so the first pauses are short, and a refused event is left behind within the hour. */
export const retrySchedule: RetrySchedule = {
  pausesMs: [1_000, 5_000, 30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs],
  giveUpAfterMs: 24 * hourMs,
  refusedTriesMax: 7,
}

/** The pause after so many failed tries, up to a tenth longer, so that endpoints of one receiver do not come at the same instant. */
export function pauseMsAfter(tryCount: number, { pausesMs }: RetrySchedule, random = Math.random()): number {
  const pauseMs = pausesMs[Math.min(tryCount, pausesMs.length) - 1] ?? 0
  return Math.round(pauseMs * (1 + random / 10))
}
