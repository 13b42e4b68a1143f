import { createHmac } from 'node:crypto'
import { isBuyer } from '@flash-sale/contract/tokens'
import { buyerToken, signToken, testJwtSecret } from '@flash-sale/testing/test-tokens'
import fc from 'fast-check'
import { createVerifier } from 'fast-jwt'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { usualTokenLengthMax } from './signed-claims.ts'
import { createVerifyBuyer, type VerifyBuyer } from './verify-buyer.ts'

const nowS = 1_900_000_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: nowS * 1_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The library alone says who a token's buyer is. */
function byLibrary(secret: string): (token: string) => string | undefined {
  const verify = createVerifier({ key: secret, algorithms: ['HS256'], requiredClaims: ['sub'] })
  return (token) => {
    try {
      const { sub }: { sub: unknown } = verify(token)
      return isBuyer(sub) ? sub : undefined
    } catch {
      return undefined
    }
  }
}

/** A verifier that has seen a good token of each of these heads, so that it judges others of them without the library. */
function knowing(headers: readonly object[], secret = testJwtSecret): VerifyBuyer {
  const verifyBuyer = createVerifyBuyer(secret)
  for (const header of headers) {
    expect(verifyBuyer(`Bearer ${signToken({ sub: 'first' }, { header: { ...header }, secret })}`)).toBe('first')
  }
  return verifyBuyer
}

const goodHeaders = [{ alg: 'HS256', typ: 'JWT' }, { alg: 'HS256' }, { typ: 'JWT', alg: 'HS256', kid: 'a' }]
const badHeaders = [
  { alg: 'none' },
  { alg: 'hs256' },
  { alg: 'HS512', typ: 'JWT' },
  { alg: 'RS256', typ: 'JWT' },
  { typ: 'JWT' },
  { alg: 'HS256', crit: ['exp'], exp: 1 },
  { alg: 'HS256', crit: [] },
  { alg: ['HS256'] },
]

// A whole second apart from now, where the library and RFC 7519 differ by a millisecond.
const time = fc.oneof(
  fc.constantFrom<unknown>(
    nowS - 1,
    nowS + 1,
    nowS - 0.5,
    nowS + 0.5,
    0,
    -1,
    1e300,
    -1e300,
    null,
    true,
    [nowS + 1],
    {},
  ),
  fc.constantFrom<unknown>(String(nowS + 60), '', [], [nowS - 1, nowS + 1]),
)
const claims = fc.oneof(
  { weight: 8, arbitrary: fc.record({ sub: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }) }) },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        sub: fc.oneof(fc.constant<unknown>('ann'), fc.jsonValue()),
        exp: time,
        nbf: time,
        iat: time,
        iss: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
)
const anyHeader = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...goodHeaders) },
  { weight: 1, arbitrary: fc.constantFrom(...badHeaders) },
)

type Change = (token: string) => string

// Not a double, of which most are next to 0.
const place = fc.nat({ max: 9_999 }).map((n) => n / 10_000)
const at = (token: string, share: number) => Math.floor(share * (token.length + 1))
/** Of the alphabet, just beside it, and what decoders are known to pass over. */
const piece = fc.oneof(
  fc.constantFrom(
    'A',
    'B',
    '_',
    '-',
    '.',
    '=',
    '==',
    '+',
    '/',
    ' ',
    '\n',
    '\t',
    '\0',
    '\u0141',
    '\u00e9',
    '..',
    '\r\n',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
)
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, piece).map(
    ([share, put]): Change =>
      (token) =>
        token.slice(0, at(token, share)) + put + token.slice(at(token, share)),
  ),
  fc.tuple(place, piece).map(
    ([share, put]): Change =>
      (token) =>
        token.slice(0, at(token, share)) + put + token.slice(at(token, share) + put.length),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 44 })).map(
    ([share, count]): Change =>
      (token) =>
        token.slice(0, at(token, share)) + token.slice(at(token, share) + count),
  ),
  place.map(
    (share): Change =>
      (token) =>
        token.slice(0, at(token, share)),
  ),
  fc.constantFrom<Change>(
    (token) => token.slice(0, token.lastIndexOf('.') + 1),
    (token) => token.slice(0, token.lastIndexOf('.')),
    (token) => `${token}=`,
    (token) => `${token.slice(0, -1)}${lastWithOtherSpareBits(token)}`,
    (token) => token.split('.').toReversed().join('.'),
    (token) => token.toLowerCase(),
    (token) => `${token}.${token}`,
    (token) => token.replace('.', '..'),
    (token) => resigned(token, 'sha512'),
    (token) => resigned(token, 'sha256', 'another secret'),
    (token) => withOtherClaims(token, { sub: 'eve' }),
  ),
)

/** The last character of 32 bytes holds two bits that decoders drop. */
function lastWithOtherSpareBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(token.at(-1)!) ^ 1] ?? 'A'
}

function resigned(token: string, hash: string, secret = testJwtSecret): string {
  const signed = token.slice(0, token.lastIndexOf('.'))
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

function jose(encoding: BufferEncoding): string {
  const said = Buffer.from(JSON.stringify({ sub: 'José' }), encoding).toString('base64url')
  return resigned(`${signToken({}).split('.')[0]}.${said}.`, 'sha256')
}

function withOtherClaims(token: string, other: object): string {
  const [head, , signature] = token.split('.')
  return `${head}.${Buffer.from(JSON.stringify(other)).toString('base64url')}.${signature}`
}

describe('a token whose head is known', () => {
  test('makes the buyer that the library alone says, however it was changed', () => {
    const verifyBuyer = knowing(goodHeaders)
    const judge = byLibrary(testJwtSecret)
    let goodCount = 0
    fc.assert(
      fc.property(anyHeader, claims, fc.array(change, { maxLength: 2 }), (head, said, changes) => {
        const token = changes.reduce((text, make) => make(text), signToken(said, { header: head }))
        const expected = judge(token)
        if (expected !== undefined) goodCount += 1
        expect(verifyBuyer(`Bearer ${token}`)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
    expect(goodCount).toBeGreaterThan(150)
  })

  test('is signed by text that no encoder wrote only if the secret signed that very text', () => {
    const verifyBuyer = knowing(goodHeaders)
    const judge = byLibrary(testJwtSecret)
    fc.assert(
      fc.property(fc.constantFrom(...goodHeaders), claims, change, (head, said, make) => {
        const token = resigned(make(signToken(said, { header: head })), 'sha256')
        expect(verifyBuyer(`Bearer ${token}`)).toBe(judge(token))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([1, 32, 63, 64, 65, 200])('is judged by a secret of %i bytes as the library judges it', (length) => {
    const secret = 'é'
      .repeat(length)
      .slice(0, Math.ceil(length / 2))
      .padEnd(length, 'x')
      .slice(0, length)
    const verifyBuyer = knowing([goodHeaders[0]!], secret)
    const token = signToken({ sub: 'ann' }, { secret })
    expect(verifyBuyer(`Bearer ${token}`)).toBe('ann')
    expect(verifyBuyer(`Bearer ${signToken({ sub: 'ann' }, { secret: `${secret}x` })}`)).toBeUndefined()
  })

  test('is judged whatever its length', () => {
    const verifyBuyer = knowing([goodHeaders[0]!])
    for (let length = usualTokenLengthMax - 200; length < usualTokenLengthMax + 200; length += 7) {
      const token = signToken({ sub: 'ann', x: 'x'.repeat((length * 3) / 4) })
      expect(verifyBuyer(`Bearer ${token}`)).toBe('ann')
      expect(
        verifyBuyer(`Bearer ${withOtherClaims(token, { sub: 'eve', x: 'x'.repeat((length * 3) / 4) })}`),
      ).toBeUndefined()
    }
  })

  test('is good until the moment of its expiry, and from the moment of its beginning', () => {
    const verifyBuyer = knowing([goodHeaders[0]!])
    const authorization = `Bearer ${signToken({ sub: 'ann', nbf: nowS + 10, exp: nowS + 20 })}`
    const buyers = [9_999, 10_000, 19_999, 20_000].map((afterMs) => {
      vi.setSystemTime(nowS * 1_000 + afterMs)
      return verifyBuyer(authorization)
    })
    expect(buyers).toEqual([undefined, 'ann', 'ann', undefined])
  })
})

test('a head is known only once the secret has signed it', () => {
  const verifyBuyer = createVerifyBuyer(testJwtSecret)
  const header = { alg: 'none', typ: 'JWT' }
  for (let i = 0; i < 10; i += 1) {
    expect(verifyBuyer(`Bearer ${signToken({ sub: 'eve' }, { header })}`)).toBeUndefined()
    expect(verifyBuyer(`Bearer ${signToken({ sub: 'eve' }, { secret: 'another' })}`)).toBeUndefined()
  }
  expect(verifyBuyer(`Bearer ${signToken({ sub: 'ann' }, { header })}`)).toBeUndefined()
})

test('a name that was signed in another encoding than UTF-8 is nobody, since it would be the same buyer as others', () => {
  const verifyBuyer = createVerifyBuyer(testJwtSecret)
  for (let i = 0; i < 3; i += 1) {
    expect(verifyBuyer(`Bearer ${jose('latin1')}`)).toBeUndefined()
    expect(verifyBuyer(`Bearer ${jose('utf8')}`)).toBe('José')
  }
})

test('tokens of many heads are all judged, in any order', () => {
  const verifyBuyer = createVerifyBuyer(testJwtSecret)
  for (let i = 0; i < 40; i += 1) {
    const header = { alg: 'HS256', kid: `key-${i % 7}` }
    expect(verifyBuyer(`Bearer ${signToken({ sub: `buyer-${i}` }, { header })}`)).toBe(`buyer-${i}`)
    expect(verifyBuyer(`Bearer ${buyerToken('ann')}`)).toBe('ann')
  }
})

describe('a token that comes again', () => {
  const come = fc.record({
    /** 0 to 2: as it was signed. */
    which: fc.nat({ max: 2 }),
    changed: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: change }),
    /** A clock may also be set back. */
    atS: fc.constantFrom(nowS, nowS, nowS + 2, nowS + 30, nowS - 2, nowS + 32),
  })
  const timely = fc.record(
    {
      sub: fc.constantFrom<unknown>('ann', 'bea', 'cat', '', 7),
      exp: fc.constantFrom<unknown>(nowS + 1, nowS + 31, nowS + 1e6, nowS + 1e6, 'soon'),
      nbf: fc.constantFrom<unknown>(nowS - 1, nowS - 1, nowS + 29, null),
    },
    { requiredKeys: ['sub'] },
  )

  test('is judged each time as the library alone judges it then, with changed ones in between', () => {
    const judge = byLibrary(testJwtSecret)
    let goodCount = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...goodHeaders), timely), { minLength: 3, maxLength: 3 }),
        fc.array(come, { minLength: 8, maxLength: 30 }),
        (signed, comes) => {
          const verifyBuyer = knowing(goodHeaders)
          const tokens = signed.map(([header, said]) => signToken(said, { header }))
          for (const { which, changed, atS } of comes) {
            vi.setSystemTime(atS * 1_000)
            const token = changed ? changed(tokens[which]!) : tokens[which]!
            const expected = judge(token)
            if (expected !== undefined) goodCount += 1
            expect(verifyBuyer(`Bearer ${token}`)).toBe(expected)
          }
        },
      ),
      { numRuns: 200 },
    )
    expect(goodCount).toBeGreaterThan(500)
  })

  test('is refused from the moment of its expiry, however often it came before', () => {
    const verifyBuyer = knowing([goodHeaders[0]!])
    const authorization = `Bearer ${signToken({ sub: 'ann', exp: nowS + 20 })}`
    for (let i = 0; i < 5; i += 1) expect(verifyBuyer(authorization)).toBe('ann')
    vi.setSystemTime((nowS + 20) * 1_000 - 1)
    expect(verifyBuyer(authorization)).toBe('ann')
    vi.setSystemTime((nowS + 20) * 1_000)
    expect(verifyBuyer(authorization)).toBeUndefined()
  })

  test('is refused by a process with another secret', () => {
    const before = knowing([goodHeaders[0]!])
    const after = knowing([goodHeaders[0]!], `${testJwtSecret}, the next`)
    const authorization = `Bearer ${buyerToken('ann')}`
    for (let i = 0; i < 3; i += 1) {
      expect(before(authorization)).toBe('ann')
      expect(after(authorization)).toBeUndefined()
    }
  })

  test('does not make a changed token good', () => {
    const verifyBuyer = knowing([goodHeaders[0]!])
    const token = buyerToken('ann')
    for (let i = 0; i < 3; i += 1) {
      expect(verifyBuyer(`Bearer ${token}`)).toBe('ann')
      expect(verifyBuyer(`Bearer ${withOtherClaims(token, { sub: 'eve' })}`)).toBeUndefined()
      expect(verifyBuyer(`Bearer ${token.slice(0, -1)}${lastWithOtherSpareBits(token)}`)).toBe(
        byLibrary(testJwtSecret)(`${token.slice(0, -1)}${lastWithOtherSpareBits(token)}`),
      )
    }
  })
})
