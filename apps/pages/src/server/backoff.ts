const firstMs = 250
const mostMs = 8_000

/**
 * The wait before attempt number `attempt` (from 1), in ms. It doubles with each attempt, and a random part of up to half is taken off,
 * so that a thousand pages that lost the service together do not come back together.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(mostMs, firstMs * 2 ** (attempt - 1))
  return ceilingMs * (0.5 + random() / 2)
}
