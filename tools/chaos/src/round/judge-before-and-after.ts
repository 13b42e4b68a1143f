import type { LifeViolation } from '@flash-sale/kit/judge-life'

/**
 * Judges, has the next tries of money come at once, and judges again. `judgeSettled` resolves once nothing has changed for longer than a
 * worker is at work on a payment, so that no worker loses its claim. Only breaches of money wait for a next try. One that was put off too
 * long stays a breach: the act hides it.
 */
export async function judgeBeforeAndAfter(
  judgeSettled: () => Promise<LifeViolation[]>,
  bringNextTriesAbout: () => Promise<void>,
): Promise<LifeViolation[]> {
  const before = await judgeSettled()
  if (!before.some(({ invariant }) => invariant === 'I12')) return before
  await bringNextTriesAbout()
  return [...before.filter(({ fault }) => fault === 'PUT_OFF_TOO_LONG'), ...(await judgeSettled())]
}
