import { liveHistorySeconds, type LiveItem } from '@flash-sale/contract/live'
import type { SaleState } from '@flash-sale/contract/sales'

type MarkKind = 'opening' | 'pause' | 'resume' | 'restock' | 'soldOut'

/** Something that happened to a sale or an item, to be marked in the charts. */
export interface Mark {
  /** By the service's clock. */
  readonly atMs: number
  readonly kind: MarkKind
  /** The name of the sale or the item. */
  readonly name: string
}

const keptMs = liveHistorySeconds * 1_000

/**
 * Adds what changed between two frames. The service tells when a sale opened and when an item was sold out; a pause and a restock happened
 * at the frame that first shows them. The oldest first; marks older than the charts show are dropped.
 */
export function noteMarks(
  marks: readonly Mark[],
  before: readonly LiveItem[],
  now: readonly LiveItem[],
  nowMs: number,
): readonly Mark[] {
  if (before === now) return marks
  const known = new Map(before.map((item) => [item.itemId, item]))
  const found = now.flatMap((item) =>
    known.get(item.itemId) === item ? [] : marksOf(known.get(item.itemId), item, nowMs),
  )
  const fresh = found.filter((mark) => mark.atMs > nowMs - keptMs && mark.atMs <= nowMs)
  const added = unique([...marks, ...fresh])
  if (added.length === marks.length && marks.every(({ atMs }) => atMs > nowMs - keptMs)) return marks
  return added.filter(({ atMs }) => atMs > nowMs - keptMs).toSorted((one, other) => one.atMs - other.atMs)
}

function marksOf(before: LiveItem | undefined, item: LiveItem, nowMs: number): Mark[] {
  const { saleName, name, state, opensAt, soldOutAt, total } = item
  const marks: Mark[] = []
  if (state !== 'scheduled') marks.push({ atMs: Date.parse(opensAt), kind: 'opening', name: saleName })
  if (soldOutAt !== undefined) marks.push({ atMs: Date.parse(soldOutAt), kind: 'soldOut', name })
  if (before && total > before.total) marks.push({ atMs: nowMs, kind: 'restock', name })
  const change = before && changeOf(before.state, state)
  if (change) marks.push({ atMs: nowMs, kind: change, name: saleName })
  return marks
}

function changeOf(before: SaleState, state: SaleState): MarkKind | undefined {
  if (before !== 'paused' && state === 'paused') return 'pause'
  return before === 'paused' && state === 'open' ? 'resume' : undefined
}

/** Items of one sale open and pause together. A sold-out time may be read twice, some ms apart. */
function unique(marks: readonly Mark[]): Mark[] {
  const kept = new Map(
    marks.toReversed().map((mark) => [`${mark.kind} ${mark.name} ${Math.round(mark.atMs / 1_000)}`, mark]),
  )
  return [...kept.values()]
}
