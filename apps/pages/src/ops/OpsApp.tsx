import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { keepInBrowser } from '../browser/kept-text.ts'
import { OpsPages } from './frame/OpsPages.tsx'
import { LiveStream } from './live/LiveStream.tsx'
import { opsClient, OpsSessionContext } from './session/OpsSession.ts'
import { SignInPage } from './session/SignInPage.tsx'

const keyName = 'flashSale.opsKey'
const operatorName = 'flashSale.operator'
/** The key lives as long as the tab: localStorage would show it to every later visitor of this browser. */
const keptForTab = keepInBrowser(() => sessionStorage)
/** A name is no secret: the next sign-in offers it. */
const keptForGood = keepInBrowser(() => localStorage)

/** Ends what opened the queue's page to this browser. If the service is away, the session ends by itself within half an hour. */
async function endQueueSession(): Promise<void> {
  await fetch('/ops/queue/end-session', { method: 'POST', keepalive: true }).catch(() => undefined)
}

/** The operators' side: everything under /ops, behind the operators' key. */
export function OpsApp() {
  const queryClient = useQueryClient()
  const [opsKey, setOpsKey] = useState(() => keptForTab.get(keyName) ?? null)
  const [operator, setOperator] = useState(() => keptForGood.get(operatorName) ?? '')
  const [wasSignedOut, setWasSignedOut] = useState(false)

  const signIn = useCallback((key: string, name: string) => {
    keptForTab.set(keyName, key)
    keptForGood.set(operatorName, name)
    setOpsKey(key)
    setOperator(name)
    setWasSignedOut(false)
  }, [])
  const signOut = useCallback(
    (why: 'asked' | 'over') => {
      keptForTab.remove(keyName)
      void endQueueSession()
      setOpsKey(null)
      setWasSignedOut(why === 'over')
      queryClient.removeQueries({ queryKey: ['ops'] })
    },
    [queryClient],
  )
  const session = useMemo(
    () => (opsKey === null ? null : { opsKey, operator, client: opsClient(opsKey, operator), signOut }),
    [opsKey, operator, signOut],
  )

  if (!session) return <SignInPage operator={operator} onSignedIn={signIn} wasSignedOut={wasSignedOut} />
  return (
    <OpsSessionContext value={session}>
      <LiveStream>
        <OpsPages />
      </LiveStream>
    </OpsSessionContext>
  )
}
