import { Link } from 'wouter'
import { buttonClass } from './design/Button.tsx'
import { Empty } from './design/Empty.tsx'
import { designWords } from './design/words.ts'
import { useWords } from './language/words.ts'

/** What an address that names no page shows, within the page's own frame. */
export function NothingHere() {
  const words = useWords(designWords)
  return (
    <div className="py-16">
      <Empty
        icon="search"
        isPage
        title={words.nothingHere}
        action={
          <>
            <Link href="~/" className={buttonClass('plain')}>
              {words.toShop}
            </Link>
            <Link href="~/ops" className={buttonClass('plain')}>
              {words.toOps}
            </Link>
          </>
        }
      >
        {words.nothingHereAdvice}
      </Empty>
    </div>
  )
}
