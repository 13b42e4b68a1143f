import { plan } from './plan.ts'

/** A visit of this many ms keeps its VU busy so long; VUs for that are made before the run, twice as many when it must be. */
export function vusFor(ratePerS: number, visitMs: number): { preAllocatedVUs: number; maxVUs: number } {
  const preAllocatedVUs = Math.max(5, Math.ceil((ratePerS * visitMs) / 1_000))
  return { preAllocatedVUs, maxVUs: preAllocatedVUs * 2 }
}

/** An order is answered in a few ms; this is for a machine that has much else to do. */
export const orderMs = 500

/** Buyers who come at the plan's rate for the plan's duration, whatever the service answers to those before them. */
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

/** One operator who comes once, some seconds into the run, and does what `exec` says. */
export function operatorAt(afterS: number, exec: string) {
  return { executor: 'per-vu-iterations', vus: 1, iterations: 1, startTime: `${afterS}s`, exec } as const
}
