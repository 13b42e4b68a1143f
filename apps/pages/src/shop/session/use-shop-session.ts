import { createClient } from '@flash-sale/contract/client'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { heardFetch } from '../../server/hearing.ts'
import { ordersKey } from '../orders/use-orders.ts'
import { dropToken, findBuyer, takeHandedToken } from './buyer-token.ts'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { createShopSession, type ShopSession } from './shop-session.ts'

const keptForTab = keepInBrowser(() => sessionStorage)
const anybody = createClient({ baseUrl: '', fetch: heardFetch })

export interface SignedIn {
  /** Undefined until the page knows; null if nobody is signed in. */
  readonly session: ShopSession | null | undefined
  /** Set once the service refused the token of this page, until a buyer is signed in again. */
  readonly expired: ExpiredSession | undefined
  /** Call it when the service no longer takes the token. */
  readonly onTokenRefused: (session: ShopSession) => void
}

export interface ExpiredSession {
  /** The press that met the refusal, if one did: nothing was taken, or it is not known. It goes on after signing in. */
  readonly pressed: 'NOTHING_TAKEN' | 'UNSURE' | undefined
}

/** The session of this page's buyer. */
export function useShopSession(): SignedIn {
  const queries = useQueryClient()
  const [expired, setExpired] = useState<ExpiredSession>()
  const { data } = useQuery({
    queryKey: ['shop-session'],
    queryFn: () => signIn(queries),
    staleTime: Infinity,
    gcTime: Infinity,
    structuralSharing: false,
    // The page tries until the sign-in works, since nobody can buy without it.
    refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false),
  })
  const onTokenRefused = useCallback(
    (refused: ShopSession) => {
      if (queries.getQueryData(['shop-session']) !== refused) return
      refused.stop()
      setExpired({ pressed: refused.pressed() })
      dropToken(keptForTab, refused.buyer.token)
      queries.setQueryData(['shop-session'], null)
      // Without this check a page whose own token is refused at once would make tokens for ever.
      if (!refused.buyer.isMadeHere || Date.now() - signedInAtMs > 10_000) {
        void queries.invalidateQueries({ queryKey: ['shop-session'] })
      }
    },
    [queries],
  )
  return { session: data, expired: data === null ? expired : undefined, onTokenRefused }
}

let signedInAtMs = 0

async function signIn(queries: QueryClient): Promise<ShopSession | null> {
  // Anybody who sees the screen or gets the link could read a token in the address.
  if (takeHandedToken(keptForTab, location))
    history.replaceState(history.state, '', location.pathname + location.search)
  const buyer = await findBuyer({ kept: keptForTab, address: location, client: anybody })
  signedInAtMs = Date.now()
  return (
    buyer &&
    createShopSession(buyer, {
      sale: () => queries.invalidateQueries({ queryKey: ['sale'] }),
      orders: ({ name }) => queries.invalidateQueries({ queryKey: ordersKey(name) }),
    })
  )
}
