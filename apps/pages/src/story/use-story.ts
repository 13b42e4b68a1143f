import { createClient } from '@flash-sale/contract/client'
import type { SaleStory } from '@flash-sale/contract/sale-story'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { heardFetch } from '../server/hearing.ts'
import { valueOf } from '../server/problem.ts'

const client = createClient({ baseUrl: '', timeoutMs: 5_000, fetch: heardFetch })

export interface StoryReading {
  /** The first reading comes within this. Ten thousand pages must not ask in the instant in which the last unit is sold. In ms. */
  readonly firstWithinMs: number
  /** The time to the second reading. Each further one comes so much later, since orders are still refused, and later some are cancelled. In ms. */
  readonly everyMs: number
  readonly everyMsMax: number
}

/** What came of a sale, once it has been read. Undefined while it is not wanted. */
export function useStory(saleId: number, isWanted: boolean, reading: StoryReading): SaleStory | undefined {
  const [delayMs] = useState(() => Math.random() * reading.firstWithinMs)
  const { data } = useQuery({ ...storyQuery(saleId, reading, delayMs), enabled: isWanted })
  return isWanted ? data : undefined
}

/**
 * The reading of a story, in `delayMs`. Its key is the sale alone: all items of a sale share one reading, and the last story stays until
 * the next one has come, whatever becomes of the stock.
 */
export function storyQuery(saleId: number, { everyMs, everyMsMax }: StoryReading, delayMs: number) {
  return queryOptions({
    queryKey: ['story', saleId],
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, delayMs)
        signal.addEventListener('abort', () => clearTimeout(timer))
      })
      return valueOf(client.readStory(saleId))
    },
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data?.proof ? Math.min(everyMs * dataUpdateCount, everyMsMax) : everyMs,
  })
}
