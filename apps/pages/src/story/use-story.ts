import { createClient } from '@flash-sale/contract/client'
import type { SaleStory } from '@flash-sale/contract/sale-story'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { valueOf } from '../server/problem.ts'

const client = createClient({ baseUrl: '', timeoutMs: 5_000 })

export interface StoryReading {
  /** The first reading comes within this. Ten thousand pages must not ask in the instant in which the last unit is sold. In ms. */
  readonly firstWithinMs: number
  /** The time to the second reading. Each further one comes so much later, since orders are still refused, and later some are cancelled. In ms. */
  readonly everyMs: number
  readonly everyMsMax: number
}

/** What came of a sale, once it has been read. `stock` changes whenever the story does. */
export function useStory(
  saleId: number,
  isWanted: boolean,
  { firstWithinMs, everyMs, everyMsMax }: StoryReading,
  stock = '',
): SaleStory | undefined {
  const [delayMs] = useState(() => Math.random() * firstWithinMs)
  return useQuery({
    queryKey: ['story', saleId, stock],
    enabled: isWanted,
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, delayMs)
        signal.addEventListener('abort', () => clearTimeout(timer))
      })
      return valueOf(client.readStory(saleId))
    },
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data?.proof?.waitingUnits === 0 ? Math.min(everyMs * dataUpdateCount, everyMsMax) : everyMs,
  }).data
}
