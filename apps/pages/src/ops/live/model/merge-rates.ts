import { liveHistorySeconds, type RateSample } from '@flash-sale/contract/live'

const keptMs = liveHistorySeconds * 1_000

/**
 * The samples with newer ones added: in order, each moment once, and none older than what the charts show, so that a page
 * that is open for a week holds what one open for five minutes does. Nothing new: the same array.
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
