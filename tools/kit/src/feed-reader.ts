import type { Client } from '@flash-sale/contract/client'
import type { ToldChange } from './judge-feed.ts'

/** A reader of the feed of orders, as a shop's backend is one. */
export interface FeedReader {
  /** All that it was told, in this order. */
  readonly told: readonly ToldChange[]
  /** Reads on. Resolves with how many changes were told; undefined if no answer came, and then the place stays. */
  readonly read: () => Promise<number | undefined>
}

const limit = '200'

/** Reads the feed from its beginning, each time at the process that `operator` gives. */
export function createFeedReader(operator: () => Client): FeedReader {
  const told: ToldChange[] = []
  let after: string | undefined
  return {
    told,
    async read() {
      const answer = await operator().readOrderEvents({ limit, ...(after !== undefined && { after }) })
      if (!answer.ok) return undefined
      told.push(...answer.value.events)
      after = answer.value.cursor ?? after
      return answer.value.events.length
    },
  }
}
