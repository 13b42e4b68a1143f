import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { OpsPages } from './frame/OpsPages.tsx'
import { LiveStream } from './live/LiveStream.tsx'
import { keepKey, readKeptKey } from './session/kept-key.ts'
import { opsClient, OpsSessionContext } from './session/OpsSession.ts'
import { SignInPage } from './session/SignInPage.tsx'

/** The operators' side: everything under /ops, behind the operators' key. */
export function OpsApp() {
  const queryClient = useQueryClient()
  const [opsKey, setOpsKey] = useState(readKeptKey)
  const [wasSignedOut, setWasSignedOut] = useState(false)

  const signIn = useCallback((key: string) => {
    keepKey(key)
    setOpsKey(key)
    setWasSignedOut(false)
  }, [])
  const signOut = useCallback(
    (why: 'asked' | 'over') => {
      keepKey(null)
      setOpsKey(null)
      setWasSignedOut(why === 'over')
      queryClient.removeQueries({ queryKey: ['ops'] })
    },
    [queryClient],
  )
  const session = useMemo(
    () => (opsKey === null ? null : { opsKey, client: opsClient(opsKey), signOut }),
    [opsKey, signOut],
  )

  if (!session) return <SignInPage onSignedIn={signIn} wasSignedOut={wasSignedOut} />
  return (
    <OpsSessionContext value={session}>
      <LiveStream>
        <OpsPages />
      </LiveStream>
    </OpsSessionContext>
  )
}
