import { Link } from 'wouter'
import { buttonClass } from './design/Button.tsx'
import { Empty } from './design/Empty.tsx'
import { designWords } from './design/words.ts'
import { useWords } from './language/words.ts'

/** The page for an address that names none. */
export function NothingHere() {
  const words = useWords(designWords)
  return (
    <main className="py-16">
      <Empty
        icon="search"
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
    </main>
  )
}
