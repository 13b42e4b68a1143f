import { signToken, testJwtSecret } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { createTokenCache, tokenCacheBytesMax } from './token-cache.ts'
import { createVerifyBuyer } from './verify-buyer.ts'

const nowS = Math.floor(Date.now() / 1_000)

/** A header that is about this much longer than it must be. */
function bearer(buyer: string, extraLength: number): string {
  return `Bearer ${signToken({ sub: buyer, exp: nowS + 3_600, padding: 'x'.repeat(extraLength * 0.75) })}`
}

test.each([0, 1_000, 3_000, 12_000])(
  'tokens that are %i bytes longer than they must be are remembered up to a bound of bytes',
  (extraLength) => {
    const cache = createTokenCache()
    const verify = createVerifyBuyer(testJwtSecret, cache)
    let bytes = 0
    for (let i = 0; bytes < 1.5 * tokenCacheBytesMax && i < 25_000; i += 1) {
      const header = bearer(`buyer-${i}`, extraLength)
      bytes += header.length
      expect(verify(header)).toBe(`buyer-${i}`)
    }
    const remembered = [...cache.keys()].reduce((sum, header) => sum + header.length, 0)
    expect(remembered).toBeLessThanOrEqual(tokenCacheBytesMax)
  },
)

test('a token of a usual length is remembered, and a very long one is checked each time', () => {
  const cache = createTokenCache()
  const verify = createVerifyBuyer(testJwtSecret, cache)
  const [usual, long] = [bearer('ann', 500), bearer('bob', 12_000)]
  for (let i = 0; i < 2; i += 1) expect([verify(usual), verify(long)]).toEqual(['ann', 'bob'])
  expect([...cache.keys()]).toEqual([usual])
})
