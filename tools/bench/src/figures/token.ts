import { createHmac } from 'node:crypto'
import { createVerifyBuyer } from '@flash-sale/api/auth/verify-buyer'
import type { Ground } from '../ground.ts'
import { signBuyers } from '../load/buyers.ts'
import { interleave } from '../measure/interleave.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'

export interface TokenFigure {
  readonly tokenCount: number
  /** CPU of the API's check of a token that it never saw. */
  readonly cpuMicros: Spread
  /** The same against an HMAC of Node and one JSON.parse, which check nothing else. */
  readonly ofLeast: Spread
  /** CPU of the check of a token that came before, of as many buyers as the figures of few buyers have. */
  readonly againMicros: Spread
}

const tokenCountMax = 16_384

/** (q) The check of a token that was never seen before, in this process, and of one that comes again. */
export async function measureToken({ settings, secrets, buyers, say: onSlice, signal }: Ground): Promise<TokenFigure> {
  const key = secrets.JWT_SECRET
  const tokenCount = Math.min(tokenCountMax, settings.newBuyers)
  const verifyBuyer = createVerifyBuyer(key)
  let sliceCount = 0
  const newTokens = () => {
    sliceCount += 1
    return signBuyers(key, tokenCount, `token-${sliceCount}`)
  }
  // Not the same string object again: a process gets each request's header as a new one.
  const oldTokens = () =>
    Array.from({ length: tokenCount }, (_, i) => Buffer.from(buyers[i % buyers.length]!).toString('latin1'))
  const check = (tokensOf: () => string[], checkOne: (token: string) => boolean) => async (): Promise<number> => {
    const tokens = tokensOf()
    const before = process.cpuUsage()
    const isEachGood = tokens.every(checkOne)
    const { user, system } = process.cpuUsage(before)
    if (!isEachGood) throw new Error('a good token was refused')
    return (user + system) / tokenCount
  }
  const isOurs = (token: string) => verifyBuyer(`Bearer ${token}`) !== undefined
  for (const token of [...buyers, ...buyers]) isOurs(token)
  const { ours, least, again } = await interleave<'ours' | 'least' | 'again', number>(
    {
      ours: check(newTokens, isOurs),
      least: check(newTokens, (token) => checkLeast(key, token)),
      again: check(oldTokens, isOurs),
    },
    { ...settings, signal, onSlice },
  )
  return { tokenCount, cpuMicros: spreadOf(ours), ofLeast: ratioOf(ours, least), againMicros: spreadOf(again) }
}

function checkLeast(key: string, token: string): boolean {
  const [head, claims, signature] = token.split('.')
  const isSigned = createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url') === signature
  return isSigned && JSON.parse(Buffer.from(claims!, 'base64url').toString()).sub !== undefined
}
