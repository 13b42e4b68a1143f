import type { RateSample } from '@flash-sale/contract/live'
import type { SaleDrop, SaleStory } from '@flash-sale/contract/sale-story'
import type { Mark } from '../model/marks.ts'

/** The rates of a sale since its opening, in the form that the charts draw. */
export interface DropRates {
  readonly samples: readonly RateSample[]
  /** The time between two samples, in seconds. */
  readonly stepSeconds: number
  readonly spanSeconds: number
}

/** A chart of a drop that has just begun shows at least so much time. */
const spanSecondsMin = 30

const unmeasured = {
  persisted: 0,
  p50Ms: null,
  p99Ms: null,
  batchSize: null,
  outboxAgeMs: null,
  queueDepth: null,
  redisMicrosPerOrder: null,
  postgresMicrosPerOrder: null,
}

/** At most so many samples stand for time without an order. */
const quietCountMax = 120

/**
 * Counts become rates: orders per second, at the end of the time in which they were counted. Before the first and after the last count
 * nobody ordered. Undefined without a count.
 */
export function dropRates(
  { points }: Pick<SaleDrop, 'points'>,
  opensAtMs: number,
  untilMs: number,
): DropRates | undefined {
  const [first] = points
  const last = points.at(-1)
  if (!first || !last) return undefined
  const counted = points.map(({ at, seconds, accepted, refused }): RateSample => {
    const rates = Object.entries(refused).map(([code, count]) => [code, count / seconds])
    return {
      at: momentOf(endOf({ at, seconds })),
      accepted: accepted / seconds,
      refused: Object.fromEntries(rates),
      ...unmeasured,
    }
  })
  const stepMs = 1_000 * Math.max(...points.map(({ seconds }) => seconds))
  const before = quiet(opensAtMs, Date.parse(first.at), stepMs)
  const after = quiet(endOf(last), untilMs, stepMs)
  const samples = [...before.samples, ...counted, ...after.samples]
  const spanMs = Date.parse(samples.at(-1)!.at) - Math.min(opensAtMs, Date.parse(first.at))
  return {
    samples,
    stepSeconds: Math.max(stepMs, before.stepMs, after.stepMs) / 1_000,
    spanSeconds: Math.max(spanSecondsMin, spanMs / 1_000),
  }
}

/** Samples of no order, from one moment to another. */
function quiet(fromMs: number, toMs: number, stepMs: number): { samples: RateSample[]; stepMs: number } {
  if (toMs - fromMs < 2 * stepMs) return { samples: [], stepMs }
  const count = Math.min(quietCountMax, Math.floor((toMs - fromMs) / stepMs))
  const ownStepMs = (toMs - fromMs) / count
  const samples = Array.from({ length: count }, (_, i): RateSample => {
    return { at: momentOf(fromMs + (i + 1) * ownStepMs), accepted: 0, refused: {}, ...unmeasured }
  })
  return { samples, stepMs: ownStepMs }
}

function endOf({ at, seconds }: Pick<SaleDrop['points'][number], 'at' | 'seconds'>): number {
  return Date.parse(at) + 1_000 * seconds
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString()
}

interface DropEnd {
  readonly closesAt: string
  readonly isSoldOut: boolean
  readonly nowMs: number
}

/** When the sale ended, or else now. A sold-out sale ends with its last count, so that its chart does not shrink while nobody orders. */
export function endOfDrop({ marks, points }: SaleDrop, { closesAt, isSoldOut, nowMs }: DropEnd): number {
  const closed = marks.find(({ kind }) => kind === 'close')?.at ?? closesAt
  const last = isSoldOut && points.length > 0 ? endOf(points.at(-1)!) : nowMs
  return Math.min(last, nowMs, Date.parse(closed))
}

/** What happened to the sale: the acts on it, and when an item was sold out as far as the stores tell. The oldest first. */
export function dropMarks(
  { marks }: Pick<SaleDrop, 'marks'>,
  soldOut: readonly SaleStory['soldOut'][number][],
  saleName: string,
  itemNames: ReadonlyMap<number, string>,
): readonly Mark[] {
  const nameOf = (itemId: number | undefined) => (itemId === undefined ? saleName : (itemNames.get(itemId) ?? saleName))
  const acts = marks.flatMap(({ at, kind, itemId }): Mark[] =>
    kind === 'close' ? [] : [{ atMs: Date.parse(at), kind, name: nameOf(itemId) }],
  )
  const ends = soldOut.map(({ at, itemId }): Mark => ({ atMs: Date.parse(at), kind: 'soldOut', name: nameOf(itemId) }))
  return [...acts, ...ends].toSorted((one, other) => one.atMs - other.atMs)
}
