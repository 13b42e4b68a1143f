/** The parts of k6's summary that we read. */
export interface K6Summary {
  readonly metrics: Readonly<Record<string, K6Metric | undefined>>
  readonly state: { readonly testRunDurationMs: number }
  readonly root_group: K6Group
}

export interface K6Metric {
  readonly type: 'counter' | 'gauge' | 'rate' | 'trend'
  readonly values: Readonly<Record<string, number>>
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>
}

interface K6Group {
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[]
  readonly groups: readonly K6Group[]
}

export interface JudgedThreshold {
  readonly metric: string
  readonly condition: string
  readonly ok: boolean
  /** The measured value, in the terms of the condition. */
  readonly measured: number | undefined
}

/** A counter's value; 0 if nothing was added, since the summary then lacks the counter. */
export function countOf({ metrics }: Pick<K6Summary, 'metrics'>, counter: string): number {
  return metrics[counter]?.values['count'] ?? 0
}

/** Every threshold of the run, as k6 judged it. */
export function thresholdsOf({ metrics }: Pick<K6Summary, 'metrics'>): JudgedThreshold[] {
  return Object.entries(metrics).flatMap(([metric, found]) =>
    Object.entries(found?.thresholds ?? {}).map(([condition, { ok }]) => {
      const measured = found?.values[condition.split(/[<>=!]/)[0]!.trim()]
      return { metric, condition, ok, measured }
    }),
  )
}

/** Checks that failed at least once. */
export function failedChecksOf(group: K6Group): { name: string; fails: number; passes: number }[] {
  return [...group.checks.filter(({ fails }) => fails > 0), ...group.groups.flatMap(failedChecksOf)]
}
