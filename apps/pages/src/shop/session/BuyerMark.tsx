import { useMemo } from 'react'
import { Icon } from '../../design/Icon.tsx'
import { useWords } from '../../language/words.ts'
import { newBuyerName, type Buyer } from './buyer-token.ts'
import { shopWords } from '../words.ts'

/** The buyer of this page. In development a link opens a tab for another buyer. */
export function BuyerMark({ buyer }: { readonly buyer: Buyer }) {
  const words = useWords(shopWords).buyer
  const another = useMemo(() => newBuyerName(), [])
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-small text-ink-soft">
      <span>
        {words.as} <strong className="font-semibold text-ink">{buyer.name}</strong>
      </span>
      {buyer.isMadeHere && (
        <a
          href={`?buyer=${encodeURIComponent(another)}`}
          target="_blank"
          rel="noopener"
          className="inline-flex min-h-9 items-center gap-1 text-accent underline-offset-4 hover:underline"
        >
          {words.another}
          <Icon name="open" />
          <span className="sr-only">({words.anotherHint})</span>
        </a>
      )}
    </p>
  )
}
