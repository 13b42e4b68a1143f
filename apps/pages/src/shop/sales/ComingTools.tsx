import type { SaleView } from '@flash-sale/contract/sales'
import { useMemo } from 'react'
import { useScreenAwake } from '../../browser/use-screen-awake.ts'
import { buttonClass } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { WishButton, WishNote } from '../wishes/WishButton.tsx'
import type { Wishes } from '../wishes/use-wishes.ts'
import { shopWords } from '../words.ts'
import { calendarFile } from './calendar-file.ts'

/** The screen is kept on this long before the opening. */
const awakeWithinMs = 15 * 60_000

/** What helps a buyer to be there at the opening: a notification, an entry in the calendar, and a screen that stays on. */
export function ComingTools({ sale, wishes }: { readonly sale: SaleView; readonly wishes: Wishes }) {
  const words = useWords(shopWords).coming
  const opensInMs = Date.parse(sale.opensAt) - useServerNow()
  const isAwake = useScreenAwake(opensInMs <= awakeWithinMs)
  const calendar = useMemo(() => calendarHref(sale), [sale])
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <WishButton wishes={wishes} wish={`open:${sale.saleId}`} label={words.notify} />
        <a href={calendar} download={`sale-${sale.saleId}.ics`} className={`${buttonClass('plain')} h-11`}>
          <Icon name="calendar" />
          {words.calendar}
        </a>
      </div>
      <WishNote wishes={wishes} />
      {isAwake && <p className="text-small text-ink-soft">{words.awake}</p>}
    </div>
  )
}

function calendarHref({ saleId, name, opensAt, closesAt }: SaleView): string {
  const { host, origin } = location
  const url = `${origin}/?sale=${saleId}`
  const madeAt = new Date().toISOString()
  const text = calendarFile({ uid: `sale-${saleId}@${host}`, title: name, opensAt, closesAt, url, madeAt })
  return `data:text/calendar;charset=utf-8,${encodeURIComponent(text)}`
}
