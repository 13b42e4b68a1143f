import { createClient } from '@flash-sale/contract/client'
import { returnParameter } from '@flash-sale/contract/sign-in'
import { useQuery } from '@tanstack/react-query'
import { heardFetch } from '../../server/hearing.ts'
import { valueOf } from '../../server/problem.ts'

const anybody = createClient({ baseUrl: '', fetch: heardFetch })

export interface SignInPlace {
  /** The address that signs in and leads back to this sale. Undefined if the service knows none, or is not known yet. */
  readonly href: string | undefined
  /** The service makes tokens, as in development. */
  readonly makesTokens: boolean
}

/** Where a buyer signs in. It is read only while nobody is signed in. */
export function useSignIn(isNobody: boolean, saleId: number | undefined): SignInPlace {
  const { data } = useQuery({
    queryKey: ['sign-in'],
    queryFn: () => valueOf(anybody.readSignIn()),
    enabled: isNobody,
    staleTime: Infinity,
  })
  const url = isNobody ? data?.url : undefined
  return { href: url && signInHref(url, location.origin, saleId), makesTokens: data?.makesTokens === true }
}

/** The address of the sign-in with the address to come back to. The tab itself keeps the number of units. */
export function signInHref(url: string, origin: string, saleId: number | undefined): string {
  const there = new URL(url, origin)
  there.searchParams.set(returnParameter, saleId === undefined ? `${origin}/` : `${origin}/?sale=${saleId}`)
  return there.href
}
