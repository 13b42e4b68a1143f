const firstMs = 250
const mostMs = 8_000

/**
 * How long to wait before attempt number `attempt` (from 1), in ms: doubling, and anywhere between half of it and all of it,
 * so that a thousand pages that lost the service in one instant do not come back in one instant.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(mostMs, firstMs * 2 ** (attempt - 1))
  return ceilingMs * (0.5 + random() / 2)
}
