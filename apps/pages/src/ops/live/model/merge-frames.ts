import { liveHistorySeconds, type LiveItem, type OpsFrame, type RateSample } from '@flash-sale/contract/live'

/** The items after a frame: items in the frame are new, items that it only names stay as they were, all others are gone. */
export function mergeItems(
  kept: readonly LiveItem[],
  { itemIds, items }: Pick<OpsFrame, 'itemIds' | 'items'>,
): LiveItem[] {
  const known = new Map([...kept, ...items].map((item) => [item.itemId, item]))
  return itemIds.flatMap((itemId) => known.get(itemId) ?? [])
}

const keptMs = liveHistorySeconds * 1_000

/**
 * Adds newer samples: in order, each moment once. Samples older than the charts show are dropped, so that a page which is open for a week
 * holds as much as one that is open for five minutes. Returns the same array if nothing is new.
 */
export function mergeRates(kept: readonly RateSample[], incoming: readonly RateSample[]): readonly RateSample[] {
  const lastAt = kept.at(-1)?.at ?? ''
  // ISO 8601 in UTC with milliseconds sorts as text does.
  const fresh = incoming.filter(({ at }) => at > lastAt)
  const newest = fresh.at(-1)
  if (!newest) return kept
  const oldest = new Date(Date.parse(newest.at) - keptMs).toISOString()
  return [...kept, ...fresh].filter(({ at }) => at > oldest)
}
