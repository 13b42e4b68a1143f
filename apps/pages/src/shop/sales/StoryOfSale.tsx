import type { SaleView } from '@flash-sale/contract/sales'
import { StoryTold } from '../../story/StoryTold.tsx'
import { useStory, type StoryReading } from '../../story/use-story.ts'
import type { SaleStanding } from './sale-stage.ts'

const reading: StoryReading = { firstWithinMs: 6_000, everyMs: 6_000, everyMsMax: 60_000 }

/** What came of the sale, below its items, once it is sold out or over. */
export function StoryOfSale({ sale, standing }: { readonly sale: SaleView; readonly standing: SaleStanding }) {
  const isOver = standing === 'soldOut' || standing === 'over'
  const story = useStory(sale.saleId, isOver, reading)
  if (!isOver || !story?.isOver) return null
  return (
    <div className="p-5 sm:p-6">
      <StoryTold story={story} />
    </div>
  )
}
