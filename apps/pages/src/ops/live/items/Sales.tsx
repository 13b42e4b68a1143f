import { memo, useMemo } from 'react'
import { Link } from 'wouter'
import { buttonClass } from '../../../design/Button.tsx'
import { Empty } from '../../../design/Empty.tsx'
import { Icon } from '../../../design/Icon.tsx'
import { useOpsWords } from '../../words.ts'
import { crowdOf } from '../model/crowd.ts'
import { groupBySale } from '../model/group-by-sale.ts'
import { useLiveItems } from '../model/live-cache.ts'
import { SaleLive } from './SaleLive.tsx'

/** Every sale with its stock. Sales that ended long ago are left out. */
export const Sales = memo(function Sales() {
  const words = useOpsWords()
  const items = useLiveItems()
  const sales = useMemo(() => groupBySale(items ?? []), [items])
  if (sales.length === 0) {
    return (
      <div className="rounded-panel border border-dashed border-edge">
        {items ? (
          <Empty
            icon="box"
            title={words.sales.none}
            action={
              <Link href="/new-sale" className={buttonClass('primary')}>
                <Icon name="plus" />
                {words.pages.newSale}
              </Link>
            }
          >
            {words.sales.noneAdvice}
          </Empty>
        ) : (
          <Empty icon="clock" title={words.sales.waiting} />
        )}
      </div>
    )
  }
  const crowd = crowdOf(items?.length ?? 0)
  return sales.map((sale) => <SaleLive key={sale.saleId} sale={sale} crowd={crowd} />)
})
