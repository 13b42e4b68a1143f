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
}

const tokenCountMax = 16_384

/** (q) The check of a token that was never seen before, in this process. */
export async function measureToken({ settings, secrets, say: onSlice, signal }: Ground): Promise<TokenFigure> {
  const key = secrets.JWT_SECRET
  const tokenCount = Math.min(tokenCountMax, settings.newBuyers)
  const verifyBuyer = createVerifyBuyer(key)
  let sliceCount = 0
  const check = (checkOne: (token: string) => boolean) => async (): Promise<number> => {
    sliceCount += 1
    const tokens = signBuyers(key, tokenCount, `token-${sliceCount}`)
    const before = process.cpuUsage()
    const isEachGood = tokens.every(checkOne)
    const { user, system } = process.cpuUsage(before)
    if (!isEachGood) throw new Error('a good token was refused')
    return (user + system) / tokenCount
  }
  const { ours, least } = await interleave<'ours' | 'least', number>(
    {
      ours: check((token) => verifyBuyer(`Bearer ${token}`) !== undefined),
      least: check((token) => checkLeast(key, token)),
    },
    { ...settings, signal, onSlice },
  )
  return { tokenCount, cpuMicros: spreadOf(ours), ofLeast: ratioOf(ours, least) }
}

function checkLeast(key: string, token: string): boolean {
  const [head, claims, signature] = token.split('.')
  const isSigned = createHmac('sha256', key).update(`${head}.${claims}`).digest('base64url') === signature
  return isSigned && JSON.parse(Buffer.from(claims!, 'base64url').toString()).sub !== undefined
}
