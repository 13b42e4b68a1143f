import type { Client } from '@flash-sale/contract/client'
import { isBuyer } from '@flash-sale/contract/tokens'
import { ProblemError } from '../../server/problem.ts'
import type { KeptText } from '../../browser/kept-text.ts'

/** A signed-in buyer. */
export interface Buyer {
  readonly name: string
  readonly token: string
  /** The page got the token by itself, in development. It can become another buyer. */
  readonly isMadeHere: boolean
}

/** The shop's own sign-in puts the buyer's token into sessionStorage under this name, or into the address as `#token=...`. */
export const tokenName = 'flash-sale.token'
const nameName = 'flash-sale.buyer'

/** The parts of the page's address that this file reads. */
export interface PageAddress {
  readonly search: string
  readonly hash: string
}

interface BuyerSources {
  /** Kept for the tab, so that two tabs can be two buyers. */
  readonly kept: KeptText
  readonly address: PageAddress
  readonly client: Pick<Client, 'makeDevToken'>
  readonly random?: () => number
}

/**
 * The buyer of this page: the buyer of the token from the shop's sign-in; or else, if the service makes tokens (development), a buyer that
 * the page invents; or else null. Throws a ProblemError if the service does not answer.
 */
export async function findBuyer({ kept, address, client, random = Math.random }: BuyerSources): Promise<Buyer | null> {
  const token = kept.get(tokenName)
  const subject = subjectOf(token)
  if (token !== undefined && subject !== undefined) return { name: subject, token, isMadeHere: false }

  const name = wantedName(address) ?? kept.get(nameName) ?? newBuyerName(random)
  kept.set(nameName, name)
  const made = await client.makeDevToken(name)
  if (made.ok) return { name, token: made.value.token, isMadeHere: true }
  if (made.problem.code === 'ROUTE_NOT_FOUND') return null
  throw new ProblemError(made.problem)
}

/** Keeps a token from the fragment of the address. Returns whether there was one, so that the caller removes it from the address. */
export function takeHandedToken(kept: KeptText, { hash }: PageAddress): boolean {
  const token = new URLSearchParams(hash.slice(1)).get('token')
  if (token === null) return false
  if (subjectOf(token) !== undefined) kept.set(tokenName, token)
  return true
}

/** Forgets a token that the service refused. */
export function dropToken(kept: KeptText, token: string): void {
  if (kept.get(tokenName) === token) kept.remove(tokenName)
}

/** A name for a buyer that the page invents. */
export function newBuyerName(random: () => number = Math.random): string {
  return `guest-${Math.floor(random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')}`
}

function wantedName({ search }: PageAddress): string | undefined {
  const name = new URLSearchParams(search).get('buyer')
  return isBuyer(name) ? name : undefined
}

/** The subject of a token, for display and as a name for stored attempts. Only the service checks the token. */
function subjectOf(token: string | undefined): string | undefined {
  try {
    const claims = (token ?? '').split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const { sub }: { sub?: unknown } = JSON.parse(new TextDecoder().decode(bytes))
    return isBuyer(sub) ? sub : undefined
  } catch {
    return undefined
  }
}
