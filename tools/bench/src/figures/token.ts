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
  const newHeaders = () => {
    sliceCount += 1
    return signBuyers(key, tokenCount, `token-${sliceCount}`).map(headerOf)
  }
  const knownHeaders = () => Array.from({ length: tokenCount }, (_, i) => headerOf(buyers[i % buyers.length]!))
  const check = (headersOf: () => string[], checkOne: (header: string) => boolean) => async (): Promise<number> => {
    const headers = headersOf()
    const before = process.cpuUsage()
    const isEachGood = headers.every(checkOne)
    const { user, system } = process.cpuUsage(before)
    if (!isEachGood) throw new Error('a good token was refused')
    return (user + system) / tokenCount
  }
  const isOurs = (header: string) => verifyBuyer(header) !== undefined
  for (const token of [...buyers, ...buyers]) isOurs(headerOf(token))
  const { ours, least, again } = await interleave<'ours' | 'least' | 'again', number>(
    {
      ours: check(newHeaders, isOurs),
      least: check(newHeaders, (header) => checkLeast(key, header.slice('Bearer '.length))),
      again: check(knownHeaders, isOurs),
    },
    { ...settings, signal, onSlice },
  )
  return { tokenCount, cpuMicros: spreadOf(ours), ofLeast: ratioOf(ours, least), againMicros: spreadOf(again) }
}

/** A header as a server gets it: each time a new text, in one piece of memory. */
function headerOf(token: string): string {
  return Buffer.from(`Bearer ${token}`).toString('latin1')
}

function checkLeast(key: string, token: string): boolean {
  const [head, claims, signature] = token.split('.')
  const isSigned = createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url') === signature
  return isSigned && JSON.parse(Buffer.from(claims!, 'base64url').toString()).sub !== undefined
}
