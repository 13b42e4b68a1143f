import { randomUUID } from 'node:crypto'
import { createClient } from '@flash-sale/contract/client'
import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'
import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Target } from './target.ts'

const askedAtOnce = 32

/** Buyers' tokens, valid for `lifeMs`. They are signed here if the secret is known; otherwise the target must have DEV_TOKENS and makes them. */
export async function makeTokens(
  { jwtSecret, client, baseUrl }: Pick<Target, 'jwtSecret' | 'client' | 'baseUrl'>,
  buyers: readonly string[],
  lifeMs: number,
): Promise<string[]> {
  if (jwtSecret) {
    const signed = buyers.map(buyerTokenSigner(jwtSecret, lifeMs))
    await requireBelieved(baseUrl, signed[0]!)
    return signed
  }
  const tokens: string[] = []
  for (let first = 0; first < buyers.length; first += askedAtOnce) {
    const asked = buyers.slice(first, first + askedAtOnce)
    for (const made of await Promise.all(asked.map((buyer) => client.makeDevToken(buyer)))) {
      if (made.ok) tokens.push(made.value.token)
      else throw new StartupError(noTokens(baseUrl, made.problem))
    }
  }
  return tokens
}

/** Tries a token first, since thousands of buyers with refused tokens would show nothing. */
async function requireBelieved(baseUrl: string, token: string): Promise<void> {
  const asked = await createClient({ baseUrl, token }).readOrder(randomUUID())
  if (asked.ok || asked.problem.code !== 'UNAUTHORIZED') return
  throw new StartupError(
    `JWT_SECRET is not the secret of ${baseUrl}: the service refuses a token that is signed with it`,
  )
}

function noTokens(baseUrl: string, { code, detail }: { code: string; detail: string }): string {
  if (code !== 'ROUTE_NOT_FOUND') return `${baseUrl} made no tokens for the buyers: ${detail}`
  return `JWT_SECRET is not set, and ${baseUrl} makes no dev tokens: set JWT_SECRET, or DEV_TOKENS=true over there`
}
