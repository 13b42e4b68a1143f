import { allFaults } from '../faults/all-faults.ts'
import type { Fault, Point } from '../faults/fault.ts'
import { breachKinds, type Breach, type BreachKind, type LifeCounts, type RoundResult } from '../round/round-result.ts'

/** One fault at one point, over all its strikes. */
export interface TableRow {
  readonly fault: Fault
  readonly point: Point
  readonly injectedCount: number
  readonly acceptedCount: number
  readonly lives: LifeCounts
  readonly breachCounts: Readonly<Record<BreachKind, number>>
  /** Lost where nothing was left to bring it back from, and a process said so. */
  readonly toldLossCount: number
  readonly unknown: { readonly orderCount: number; readonly refusedCount: number; readonly neverToldCount: number }
  /** Undefined: no strike was recovered from. In ms. */
  readonly recoveryMs: { readonly p50: number; readonly p99: number; readonly max: number } | undefined
}

/** The rounds by fault and point, in the order of the faults. */
export function tableOf(rounds: readonly RoundResult[]): TableRow[] {
  return allFaults.flatMap((fault) =>
    fault.points.flatMap((point) => {
      const own = rounds.filter((round) => round.fault === fault.name && round.point === point)
      return own.length === 0 ? [] : [rowOf(fault, point, own)]
    }),
  )
}

function rowOf(fault: Fault, point: Point, rounds: readonly RoundResult[]): TableRow {
  const sum = (count: (round: RoundResult) => number) => rounds.reduce((total, round) => total + count(round), 0)
  const countOf = (kind: BreachKind) => sum(({ breaches }) => breaches.filter((breach) => breach.kind === kind).length)
  const times = rounds.flatMap(({ recoveryMs }) => recoveryMs ?? []).toSorted((a, b) => a - b)
  return {
    fault,
    point,
    injectedCount: rounds.length,
    acceptedCount: sum((round) => round.acceptedCount),
    lives: {
      paidCount: sum(({ lives }) => lives.paidCount),
      givenBackCount: sum(({ lives }) => lives.givenBackCount),
      refundedCount: sum(({ lives }) => lives.refundedCount),
    },
    breachCounts: Object.fromEntries(breachKinds.map((kind) => [kind, countOf(kind)])) as Record<BreachKind, number>,
    toldLossCount: sum((round) => round.toldLossCount),
    unknown: {
      orderCount: sum(({ unknown }) => unknown.orderCount),
      refusedCount: sum(({ unknown }) => unknown.refusedCount),
      neverToldCount: sum(({ unknown }) => unknown.neverToldCount),
    },
    recoveryMs:
      times.length === 0
        ? undefined
        : { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) },
  }
}

function percentile(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!)
}

/** A breach with the round that it was found in. */
export interface FoundBreach {
  readonly round: RoundResult
  readonly breach: Breach
  /** What this version is known to do wrong under this fault. */
  readonly known: string | undefined
}

/** The first breaches of each round. */
export function breachesIn(rounds: readonly RoundResult[], perRoundMax: number): FoundBreach[] {
  return rounds.flatMap((round) =>
    round.breaches.slice(0, perRoundMax).map((breach) => {
      const known = allFaults.find(({ name }) => name === round.fault)?.today
      return { round, breach, known }
    }),
  )
}

/** The command line that repeats one round alone. */
export function commandOf({ fault, point, seed }: RoundResult): string {
  return `npx pnpm chaos --faults 1 --only '${fault}@${point}' --seed ${seed}`
}
