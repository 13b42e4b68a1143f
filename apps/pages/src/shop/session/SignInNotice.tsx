import { buttonClass } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'
import { tokenName } from './buyer-token.ts'
import type { SignInPlace } from './use-sign-in.ts'
import type { ExpiredSession } from './use-shop-session.ts'

interface SignInNoticeProps {
  readonly place: SignInPlace
  /** The session that ended while the page was open. */
  readonly expired: ExpiredSession | undefined
}

/** Tells a reader who is not signed in what to do, and what became of a press; and a developer how to hand a buyer over. */
export function SignInNotice({ place, expired }: SignInNoticeProps) {
  const words = useWords(shopWords).signIn
  const pressed = expired?.pressed
  return (
    <Notice
      kind={pressed ? 'caution' : 'info'}
      role="status"
      title={expired ? words.expired : words.title}
      action={
        place.href && (
          <a href={place.href} className={`${buttonClass('primary')} h-11`}>
            {words.button}
          </a>
        )
      }
    >
      {pressed && <p>{words.pressed[pressed]}</p>}
      <p>{place.href ? words.comeBack : words.through}</p>
      {place.makesTokens && (
        <p className="text-small">
          {words.forDevelopers} <code className="font-mono">{location.origin}/#token=…</code> {words.orStores}{' '}
          <code className="font-mono">{tokenName}</code>
        </p>
      )}
    </Notice>
  )
}
