import { createClient, type Client } from '@flash-sale/contract/client'
import { createContext, use } from 'react'

/** An operator who is signed in. */
export interface OpsSession {
  readonly opsKey: string
  /** The operator's name, for the audit trail; '' if it was not given. */
  readonly operator: string
  readonly client: Client
  /** `over`: the service no longer takes the key. */
  readonly signOut: (why: 'asked' | 'over') => void
}

export const OpsSessionContext = createContext<OpsSession | null>(null)

/** The session. Call it only below the sign-in page, where a session exists. */
export function useOpsSession(): OpsSession {
  const session = use(OpsSessionContext)
  if (!session) throw new Error('useOpsSession is called outside of the sign-in')
  return session
}

export function opsClient(opsKey: string, operator = ''): Client {
  return createClient({ baseUrl: '', opsKey, operator })
}
