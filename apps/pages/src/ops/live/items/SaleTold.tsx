import { useFormat } from '../../../language/LanguageContext.ts'
import { tellStory } from '../../../story/tell-story.ts'
import { useOpsWords } from '../../words.ts'
import type { LiveSale } from '../model/group-by-sale.ts'
import { isSoldOut } from '../model/is-sold-out.ts'
import { sumsOf } from '../model/sale-sums.ts'
import { StoryOfLiveSale } from './StoryOfLiveSale.tsx'
import { useStoryOfOps } from './use-live-story.ts'

interface SaleToldProps {
  readonly sale: LiveSale
  /** Whether to count the buyers while the sale sells. That is a pass over the rows of the sale now and then. */
  readonly countsBuyers?: boolean
}

/** What there is to tell of a sale that has opened: what it has come to, and its story once it is over. */
export function SaleTold({ sale, countsBuyers = false }: SaleToldProps) {
  if (sale.state === 'scheduled') return null
  const isOver = sale.state === 'closed' || isSoldOut(sale)
  return (
    <>
      <Sums sale={sale} />
      {countsBuyers && <BuyersSoFar saleId={sale.saleId} />}
      {isOver && <StoryOfLiveSale sale={sale} />}
    </>
  )
}

const lineClass = 'flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-small text-ink-soft sm:px-5'

function Sums({ sale }: { readonly sale: LiveSale }) {
  const words = useOpsWords().sums
  const format = useFormat()
  const sums = sumsOf(sale)
  if (!sums) return null
  const { sold, total, soldShare, valueCents, paid, unpaid, returning, isProven } = sums
  return (
    <p className={lineClass}>
      <span>{words.sold(format.count(sold), format.count(total), format.percent(soldShare))}</span>
      <span>{words.value(format.price(valueCents, sale.items[0]?.currency))}</span>
      {paid !== undefined && <span>{words.paid(format.count(paid))}</span>}
      {unpaid > 0 && <span>{words.unpaid(format.count(unpaid))}</span>}
      {returning > 0 && <span>{words.returning(format.count(returning))}</span>}
      {isProven && <span className="font-medium text-good">{words.proven}</span>}
    </p>
  )
}

/** How many buyers a sale has served and how many orders it refused, until its story tells it. */
function BuyersSoFar({ saleId }: Pick<LiveSale, 'saleId'>) {
  const words = useOpsWords().sums
  const format = useFormat()
  const story = useStoryOfOps(saleId, true)
  if (!story || story.isOver) return null
  const { buyers, sent } = tellStory(story)
  if (buyers === 0 && !sent) return null
  return (
    <p className={lineClass}>
      <span>{words.buyers(format.count(buyers), buyers)}</span>
      {sent && <span>{words.refusedOrders(format.count(sent.refused), sent.refused)}</span>}
      <span>{words.countedAt(format.time(story.at))}</span>
    </p>
  )
}
