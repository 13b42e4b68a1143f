import type { LiveItem, OpsFrame } from '@flash-sale/contract/live'

/** The items in view after a frame: those that it brings, the others as they were, those that it does not name gone. */
export function mergeItems(
  kept: readonly LiveItem[],
  { itemIds, items }: Pick<OpsFrame, 'itemIds' | 'items'>,
): LiveItem[] {
  const known = new Map([...kept, ...items].map((item) => [item.itemId, item]))
  return itemIds.flatMap((itemId) => known.get(itemId) ?? [])
}
