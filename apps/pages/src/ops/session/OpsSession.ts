import { createClient, type Client } from '@flash-sale/contract/client'
import { createContext, use } from 'react'

/** An operator who is signed in. */
export interface OpsSession {
  readonly opsKey: string
  readonly client: Client
  /** `over`: the service took the key no longer. */
  readonly signOut: (why: 'asked' | 'over') => void
}

export const OpsSessionContext = createContext<OpsSession | null>(null)

/** The session; only below the sign-in, where there is one. */
export function useOpsSession(): OpsSession {
  const session = use(OpsSessionContext)
  if (!session) throw new Error('useOpsSession is called outside of the sign-in')
  return session
}

export function opsClient(opsKey: string): Client {
  return createClient({ baseUrl: '', opsKey })
}
