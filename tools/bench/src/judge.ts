import type { FigureName, Measured } from './figures.ts'
import type { Spread } from './measure/spread.ts'
import { targets, type Target, type Unit } from './targets.ts'

export type Verdict = 'met' | 'missed' | 'could not tell' | 'not measured'

/** A target and its result. */
export interface Judged {
  readonly figure: FigureName
  readonly what: string
  readonly meaning: string
  readonly unit: Unit
  readonly bound: Target['bound']
  readonly value?: number
  /** The run cannot judge a value that is closer to the bound than this, in the value's unit. */
  readonly resolution: number
  readonly verdict: Verdict
}

/** Judges every target whose figure was requested. */
export function judge(found: Measured, names: ReadonlySet<FigureName>): Judged[] {
  return targets.filter(({ figure }) => names.has(figure)).map((target) => judgeOne(target, found))
}

function judgeOne(target: Target, found: Measured): Judged {
  const { figure, what, meaning, unit, bound, noise } = target
  const value = target.measured(found)
  const known = { figure, what, meaning, unit, bound }
  if (value === undefined || Number.isNaN(value)) return { ...known, resolution: 0, verdict: 'not measured' }
  const pair = noise === 'none' ? undefined : found.nullPair[noise]
  const resolution = pair ? resolutionOf(pair) * value : 0
  return { ...known, value, resolution, verdict: verdictOf(value, bound, resolution) }
}

function verdictOf(value: number, bound: Target['bound'], resolution: number): Verdict {
  const beyond = 'atLeast' in bound ? value - bound.atLeast : bound.atMost - value
  if (Math.abs(beyond) < resolution) return 'could not tell'
  return beyond >= 0 ? 'met' : 'missed'
}

/** The apparent difference of two identical servers: the offset of their median ratio plus half of the spread. */
export function resolutionOf({ median, low, high }: Spread): number {
  return Math.max(Math.abs(median - 1), (high - low) / 2)
}
