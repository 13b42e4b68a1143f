import type { Invariant, LiveItem } from '@flash-sale/contract/live'

const fromWorst = [
  'broken',
  'unavailable',
  'unreadable',
  'settling',
  'balanced',
] as const satisfies readonly Invariant[]

/** The worst state among the items, and how many are in it; undefined without items. */
export function worstInvariant(items: readonly LiveItem[]): { invariant: Invariant; count: number } | undefined {
  for (const invariant of fromWorst) {
    const count = items.filter((item) => item.invariant === invariant).length
    if (count > 0) return { invariant, count }
  }
  return undefined
}
