import type { SaleView } from '@flash-sale/contract/sales'
import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useMonotonicNow } from '../../server/use-server-clock.ts'
import { notePaces, rushOf, type Paces } from '../../story/pace.ts'
import { shopWords } from '../words.ts'

/** A pace that was read longer ago is not the one of now. In ms. */
const freshMs = 3_000

/** How fast the units go, while the sale is open. Its lines have their room from the start, so that no button moves. */
export function StormTold({ sale, asOfMs }: { readonly sale: SaleView; readonly asOfMs: number }) {
  const words = useWords(shopWords).storm
  const format = useFormat()
  const rush = rushOf(useFreshPace(sale, asOfMs))
  const span = rush?.leftMs === undefined ? undefined : format.roughSpan(rush.leftMs)
  const text = rush ? words.busy(format.rate(rush.perSecond), span) : words.quiet
  return <p className="min-h-[2.9em] text-small text-ink-soft">{text}</p>
}

interface KnownPace {
  readonly asOfMs: number
  /** By the monotonic clock. */
  readonly seenAtMs: number
  readonly paces: Paces
}

/** The pace of all items of the sale together; undefined if nothing was heard of them in the last seconds. */
function useFreshPace({ saleId, items }: SaleView, asOfMs: number) {
  const nowMs = useMonotonicNow()
  const [known, setKnown] = useState<KnownPace>({ asOfMs: 0, seenAtMs: 0, paces: new Map() })
  if (asOfMs > known.asOfMs) {
    const sum = (name: 'total' | 'available') => items.reduce((all, item) => all + item[name], 0)
    const stock = { itemId: saleId, total: sum('total'), available: sum('available') }
    setKnown({ asOfMs, seenAtMs: nowMs, paces: notePaces(known.paces, [stock], asOfMs) })
  }
  return nowMs - known.seenAtMs <= freshMs ? known.paces.get(saleId) : undefined
}
