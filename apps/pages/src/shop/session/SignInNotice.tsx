import { Notice } from '../../design/Notice.tsx'
import { useWords } from '../../language/words.ts'
import { tokenName } from './buyer-token.ts'
import { shopWords } from '../words.ts'

/** For somebody whom no sign-in has named: what to do, and for those who build the sign-in how it is done. */
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
