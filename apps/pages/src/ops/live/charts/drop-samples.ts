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

/** Counts become rates: orders per second, at the end of the time in which they were counted. Undefined without a count. */
export function dropRates({ points }: Pick<SaleDrop, 'points'>): DropRates | undefined {
  const [first] = points
  const last = points.at(-1)
  if (!first || !last) return undefined
  const stepSeconds = Math.max(...points.map(({ seconds }) => seconds))
  const samples = points.map(({ at, seconds, accepted, refused }): RateSample => {
    const rates = Object.entries(refused).map(([code, count]) => [code, count / seconds])
    const endsAt = new Date(Date.parse(at) + 1_000 * seconds).toISOString()
    return { at: endsAt, accepted: accepted / seconds, refused: Object.fromEntries(rates), ...unmeasured }
  })
  const spanSeconds = (Date.parse(last.at) - Date.parse(first.at)) / 1_000 + last.seconds
  return { samples, stepSeconds, spanSeconds: Math.max(spanSecondsMin, spanSeconds) }
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
