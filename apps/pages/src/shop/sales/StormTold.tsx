import type { SaleView } from '@flash-sale/contract/sales'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { lastsMs, notePaces, unitsPerSecond, type Paces } from '../../story/pace.ts'
import { shopWords } from '../words.ts'

/** A pace that was read longer ago is not the one of now. In ms. */
const freshMs = 3_000

/** How fast the units go, while the sale is open. Its lines have their room from the start, so that no button moves. */
export function StormTold({ sale, asOfMs }: { readonly sale: SaleView; readonly asOfMs: number }) {
  const words = useWords(shopWords).storm
  const format = useFormat()
  const pace = usePace(sale, asOfMs)
  useServerNow()
  const isFresh = Date.now() - asOfMs < freshMs
  const perSecond = isFresh ? unitsPerSecond(pace) : undefined
  const leftMs = lastsMs(pace)
  const text = !perSecond
    ? words.quiet
    : words.busy(format.rate(perSecond), leftMs === undefined ? undefined : format.longSpan(wholeSeconds(leftMs)))
  return <p className="min-h-[2.9em] text-small text-ink-soft">{text}</p>
}

function usePace({ saleId, items }: SaleView, asOfMs: number) {
  const [known, setKnown] = useState<{ readonly asOfMs: number; readonly paces: Paces }>({
    asOfMs: 0,
    paces: new Map(),
  })
  if (asOfMs > known.asOfMs) {
    const sum = (name: 'total' | 'available') => items.reduce((all, item) => all + item[name], 0)
    const stock = { itemId: saleId, total: sum('total'), available: sum('available') }
    setKnown({ asOfMs, paces: notePaces(known.paces, [stock], asOfMs) })
  }
  return known.paces.get(saleId)
}

function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000
}
