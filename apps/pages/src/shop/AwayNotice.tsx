import { Notice } from '../design/Notice.tsx'
import { useWords } from '../language/words.ts'
import type { News } from './sales/judge-news.ts'
import { shopWords } from './words.ts'

/** Tells that the service does not answer, or that it has no news. It lies over the foot of the page, so that nothing moves when it comes and goes. */
export function AwayNotice({ news }: { readonly news: Exclude<News, 'CURRENT'> }) {
  const { away, old } = useWords(shopWords)
  const words = news === 'OLD' ? old : away
  return (
    <Notice
      kind="caution"
      title={words.title}
      role="status"
      className="late fixed inset-x-4 bottom-4 mx-auto max-w-xl shadow-dialog"
    >
      {words.advice}
    </Notice>
  )
}
