import type { SaleStory } from '@flash-sale/contract/sale-story'
import { useStory, type StoryReading } from '../../../story/use-story.ts'
import type { LiveSale } from '../model/group-by-sale.ts'

const reading: StoryReading = { firstWithinMs: 0, everyMs: 2_000, everyMsMax: 10_000 }

/** The story of a sale that sells nothing now. */
export function useLiveStory({
  saleId,
  state,
  available,
}: Pick<LiveSale, 'saleId' | 'state' | 'available'>): SaleStory | undefined {
  return useStoryOfOps(saleId, state === 'closed' || available === 0)
}

/** The story of a sale, as often as operators want to read it. */
export function useStoryOfOps(saleId: number, isWanted: boolean): SaleStory | undefined {
  return useStory(saleId, isWanted, reading)
}
