import { Link } from 'wouter'
import { buttonClass } from './design/Button.tsx'
import { Empty } from './design/Empty.tsx'
import { designWords } from './design/words.ts'
import { useWords } from './language/words.ts'

/** Tells the reader that the address names no page. The frame of the pages stays around it. `forOps`: the reader is an operator. */
export function NothingHere({ forOps = false }: { readonly forOps?: boolean }) {
  const words = useWords(designWords)
  return (
    <div className="py-16">
      <title>{words.nothingHere}</title>
      <Empty
        icon="search"
        isPage
        title={words.nothingHere}
        action={
          <>
            <Link href="~/" className={buttonClass('plain')}>
              {words.toShop}
            </Link>
            {forOps && (
              <Link href="~/ops" className={buttonClass('plain')}>
                {words.toOps}
              </Link>
            )}
          </>
        }
      >
        {words.nothingHereAdvice}
      </Empty>
    </div>
  )
}
