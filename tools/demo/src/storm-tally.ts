import { createHistogram } from 'node:perf_hooks'

export interface AcceptedOrder {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
}

/** The answers that buyers got. The audit compares the accepted orders with the stores; the rest is for display only. */
export interface StormTally {
  /** Every order that got a 202, once. */
  readonly accepted: Map<string, AcceptedOrder>
  /** Each buyer's keys that were not refused. Each may have led to one order, but never to two. */
  readonly attempts: Map<string, number>
  readonly refusals: Map<string, number>
  acceptedUnits: number
  answeredBuyers: number
  replays: number
  /** How often an order was sent again. */
  comebacks: number
  /** Orders of units that came back, for which buyers came back. */
  cameBackAndGot: number
  /** Orders that were paid after their buyers had cancelled them. */
  paidTooLate: number
  /** Why buyers ended without an answer. */
  readonly unanswered: string[]
  readonly noteLatency: (ms: number) => void
  /** In ms. */
  readonly latency: (percentile: number) => number
}

export function createStormTally(): StormTally {
  const latencies = createHistogram()
  return {
    accepted: new Map(),
    attempts: new Map(),
    refusals: new Map(),
    acceptedUnits: 0,
    answeredBuyers: 0,
    replays: 0,
    comebacks: 0,
    cameBackAndGot: 0,
    paidTooLate: 0,
    unanswered: [],
    noteLatency: (ms) => latencies.record(Math.max(1, Math.round(ms * 1_000))),
    latency: (percentile) => (latencies.count === 0 ? 0 : latencies.percentile(percentile) / 1_000),
  }
}

export function refusedCount({ refusals }: StormTally): number {
  return [...refusals.values()].reduce((sum, refused) => sum + refused, 0)
}
