import { Notice } from '../../design/Notice.tsx'
import { useWords } from '../../language/words.ts'
import { tokenName } from './buyer-token.ts'
import { shopWords } from '../words.ts'

/** Tells a reader who is not signed in what to do, and a developer how to hand a buyer over. */
export function SignInNotice() {
  const words = useWords(shopWords).signIn
  return (
    <Notice kind="info" title={words.title}>
      <p className="text-small">
        {words.forDevelopers} <code className="font-mono">{location.origin}/#token=…</code> {words.orStores}{' '}
        <code className="font-mono">{tokenName}</code>
      </p>
    </Notice>
  )
}
