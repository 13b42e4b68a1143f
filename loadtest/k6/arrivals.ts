import { plan } from './plan.ts'

/** VUs for visits of `visitMs`, which keep a VU busy that long. They are made before the run; if needed, twice as many. */
export function vusFor(ratePerS: number, visitMs: number): { preAllocatedVUs: number; maxVUs: number } {
  const preAllocatedVUs = Math.max(5, Math.ceil((ratePerS * visitMs) / 1_000))
  return { preAllocatedVUs, maxVUs: preAllocatedVUs * 2 }
}

/** Generous, for a busy machine: an order is answered in a few ms. */
export const orderMs = 500

/** Buyers who come at the plan's rate for the plan's duration, whatever the service answers. */
export function steadyArrivals(visitMs: number = orderMs) {
  const { ratePerS, durationS } = plan.load
  return {
    executor: 'constant-arrival-rate',
    rate: ratePerS,
    timeUnit: '1s',
    duration: `${durationS}s`,
    ...vusFor(ratePerS, visitMs),
  } as const
}

/** One operator who runs `exec` once, some seconds into the run. */
export function operatorAt(afterS: number, exec: string) {
  return { executor: 'per-vu-iterations', vus: 1, iterations: 1, startTime: `${afterS}s`, exec } as const
}
