import { createClient } from '@flash-sale/contract/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { dropToken, findBuyer, takeHandedToken } from './buyer-token.ts'
import { keepInBrowser } from './kept-text.ts'
import { createShopSession, type ShopSession } from './shop-session.ts'

const keptForTab = keepInBrowser(() => sessionStorage)
const anybody = createClient({ baseUrl: '' })

export interface SignedIn {
  /** Undefined until it is known; null when nobody is signed in. */
  readonly session: ShopSession | null | undefined
  /** The service does not take the token any more. */
  readonly onTokenRefused: (session: ShopSession) => void
}

/** Who buys on this page. */
export function useShopSession(): SignedIn {
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: ['shop-session'],
    queryFn: signIn,
    staleTime: Infinity,
    gcTime: Infinity,
    structuralSharing: false,
    // A buyer who cannot be signed in cannot buy: this is tried until it works.
    refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false),
  })
  const onTokenRefused = useCallback(
    (refused: ShopSession) => {
      if (queries.getQueryData(['shop-session']) !== refused) return
      refused.stop()
      dropToken(keptForTab, refused.buyer.token)
      queries.setQueryData(['shop-session'], null)
      // A token of our own making that is refused the moment it was made would be made again for ever.
      if (!refused.buyer.isMadeHere || Date.now() - signedInAtMs > 10_000) {
        void queries.invalidateQueries({ queryKey: ['shop-session'] })
      }
    },
    [queries],
  )
  return { session: data, onTokenRefused }
}

let signedInAtMs = 0

async function signIn(): Promise<ShopSession | null> {
  // A token in the address would be seen by whoever looks at the screen or gets the link.
  if (takeHandedToken(keptForTab, location))
    history.replaceState(history.state, '', location.pathname + location.search)
  const buyer = await findBuyer({ kept: keptForTab, address: location, client: anybody })
  signedInAtMs = Date.now()
  return buyer && createShopSession(buyer)
}
