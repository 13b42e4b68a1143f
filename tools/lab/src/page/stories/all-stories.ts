import { leases } from './leases.ts'
import { safeWays } from './safe-ways.ts'
import { simpleLocks } from './simple-locks.ts'
import type { Story } from './story.ts'

const all = { ...simpleLocks, ...leases, ...safeWays }

/** Throws when a strategy of the table has no story: the page tells of each. */
export function storyOf(id: string): Story {
  const story = all[id]
  if (!story) throw new Error(`the strategy ${id} has no story`)
  return story
}
