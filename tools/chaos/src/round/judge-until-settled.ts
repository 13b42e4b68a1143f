import type { LifeViolation } from '@flash-sale/kit/judge-life'
import { askPatiently } from '@flash-sale/kit/patience'

export interface Settling {
  readonly withinMs: number
  readonly lookEveryMs: number
  /** What is found again and again for so long is not found because something is under way. In ms. */
  readonly sameForMs: number
  readonly signal: AbortSignal
}

/** Judges again and again until nothing is wrong, or nothing changes any more. */
export function judgeUntilSettled<One extends LifeViolation>(
  judge: () => Promise<One[]>,
  { withinMs, lookEveryMs, sameForMs, signal }: Settling,
): Promise<One[]> {
  let before = ''
  let sameSinceMs = 0
  const hasSettled = (found: readonly One[]) => {
    const now = JSON.stringify(found)
    if (now !== before) sameSinceMs = performance.now()
    before = now
    return performance.now() - sameSinceMs >= sameForMs && !found.some((one) => one.fault === 'NOT_AT_REST')
  }
  return askPatiently(judge, (found) => (found.length === 0 || hasSettled(found) ? 'NEVER' : {}), {
    untilMs: withinMs,
    pauseMs: lookEveryMs,
    signal,
  })
}
