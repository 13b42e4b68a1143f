import type { Client } from '@flash-sale/contract/client'
import type { OrderEvent } from '@flash-sale/contract/order-events'

/** A reader of the feed of orders, as a shop's backend is one. */
export interface FeedReader {
  /** All that it was told, in this order. */
  readonly told: readonly OrderEvent[]
  /** The place behind what it was told; undefined at the feed's beginning. */
  readonly cursor: () => string | undefined
  /** Reads on. Resolves with how many changes were told; undefined if no answer came, and then the place stays. */
  readonly read: () => Promise<number | undefined>
}

const limit = '200'

/** Reads the feed from a place on, or from its beginning, each time at the process that `operator` gives. */
export function createFeedReader(operator: () => Client, from?: string): FeedReader {
  const told: OrderEvent[] = []
  let after = from
  return {
    told,
    cursor: () => after,
    async read() {
      const answer = await operator().readOrderEvents({ limit, ...(after !== undefined && { after }) })
      if (!answer.ok) return undefined
      told.push(...answer.value.events)
      after = answer.value.cursor ?? after
      return answer.value.events.length
    },
  }
}
