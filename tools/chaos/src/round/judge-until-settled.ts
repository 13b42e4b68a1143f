import type { LifeViolation } from '@flash-sale/kit/judge-life'
import { askPatiently } from '@flash-sale/kit/patience'

export interface Settling {
  readonly withinMs: number
  readonly lookEveryMs: number
  readonly signal: AbortSignal
}

/** What is lost or was sold twice stays so: what is found again and again for so long has not to do with what is under way. In ms. */
const sameForMs = 3_000
/** Longer than a provider waits before it tells again. */
const sameMoneyForMs = 12_000

/** Judges again and again until nothing is wrong, or nothing changes any more. */
export function judgeUntilSettled<One extends LifeViolation>(
  judge: () => Promise<One[]>,
  { withinMs, lookEveryMs, signal }: Settling,
): Promise<One[]> {
  let before = ''
  let sameSinceMs = 0
  const hasSettled = (found: readonly One[]) => {
    const now = JSON.stringify(found)
    if (now !== before) sameSinceMs = performance.now()
    before = now
    const enoughMs = found.some(({ invariant }) => invariant === 'I12') ? sameMoneyForMs : sameForMs
    return performance.now() - sameSinceMs >= enoughMs && !found.some(({ fault }) => fault === 'NOT_AT_REST')
  }
  return askPatiently(judge, (found) => (found.length === 0 || hasSettled(found) ? 'NEVER' : {}), {
    untilMs: withinMs,
    pauseMs: lookEveryMs,
    signal,
  })
}
