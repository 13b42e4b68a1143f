import { refusalCodes } from '@flash-sale/contract/order-outcomes'
import type { SaleStory } from '@flash-sale/contract/sale-story'
import { useFormat } from '../../../language/LanguageContext.ts'
import { problemNames } from '../../../language/problem-names.ts'
import { useWords } from '../../../language/words.ts'
import { StoryTold } from '../../../story/StoryTold.tsx'
import { useOpsWords } from '../../words.ts'
import type { LiveSale } from '../model/group-by-sale.ts'
import { useLiveStory } from './use-live-story.ts'

/** What came of a sale that is sold out or closed. */
export function StoryOfLiveSale({ sale }: { readonly sale: LiveSale }) {
  const story = useLiveStory(sale)
  if (!story?.isOver) return null
  return (
    <div className="border-t border-line px-4 py-3 sm:px-5">
      <StoryTold story={story}>
        <Reasons story={story} />
      </StoryTold>
    </div>
  )
}

/** Why orders were refused, the commonest reason first. */
function Reasons({ story: { asked } }: { readonly story: SaleStory }) {
  const names = useWords(problemNames)
  const words = useOpsWords().sums
  const format = useFormat()
  const counts = refusalCodes
    .map((code) => ({ code, count: asked?.refused[code] ?? 0 }))
    .filter(({ count }) => count > 0)
  if (counts.length === 0) return null
  const told = counts
    .toSorted((one, other) => other.count - one.count)
    .map(({ code, count }) => `${names[code]} ${format.count(count)}`)
  return <p className="text-small text-ink-soft">{words.refused(told.join(' · '))}</p>
}
