import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createKnownTokens, markOf, type BuyerClaims } from './known-tokens.ts'
import { signatureLength } from './signed-claims.ts'

function knownTokens() {
  const tokens = createKnownTokens()
  return {
    find: (header: string) => tokens.find(header, markOf(header)),
    note: (header: string, claims: BuyerClaims) => tokens.note(header, markOf(header), claims),
  }
}

const ann: BuyerClaims = { buyer: 'ann', exp: undefined, nbf: undefined }
const eve: BuyerClaims = { ...ann, buyer: 'eve' }

function headerWith(signature: string, signed = 'aaaa.bbbb'): string {
  return `Bearer ${signed}.${signature}`
}

function anySignature(): string {
  return randomBytes(32).toString('base64url')
}

test('a header is known from its second time on, and no other header with it', () => {
  const known = knownTokens()
  const header = headerWith(anySignature())
  known.note(header, ann)
  expect(known.find(header)).toBeUndefined()
  known.note(header, ann)
  expect(known.find(header)).toEqual(ann)
  expect(known.find(headerWith(anySignature()))).toBeUndefined()
})

test('a header that differs in one character from a known one is not known, wherever it differs', () => {
  const known = knownTokens()
  const header = headerWith(anySignature())
  known.note(header, ann)
  known.note(header, ann)
  for (let i = 0; i < header.length; i += 1) {
    const other = header[i] === 'x' ? 'y' : 'x'
    expect(known.find(header.slice(0, i) + other + header.slice(i + 1))).toBeUndefined()
    expect(known.find(header.slice(0, i) + header.slice(i + 1))).toBeUndefined()
    expect(known.find(header.slice(0, i) + other + header.slice(i))).toBeUndefined()
  }
})

test('headers whose signatures end alike share a place and are never taken for each other', () => {
  const known = knownTokens()
  const end = anySignature().slice(-12)
  const alike = (n: number) => headerWith(anySignature().slice(0, signatureLength - 12) + end, `aaaa.bbb${n}`)
  fc.assert(
    fc.property(
      fc.array(fc.record({ which: fc.nat({ max: 2 }), isNoted: fc.boolean() }), { minLength: 1, maxLength: 40 }),
      (steps) => {
        const headers = [alike(0), alike(1), alike(2)]
        for (const { which, isNoted } of steps) {
          const claims = { ...ann, buyer: `buyer-${which}` }
          const found = known.find(headers[which]!)
          if (found !== undefined) expect(found).toEqual(claims)
          if (isNoted) known.note(headers[which]!, claims)
        }
      },
    ),
  )
})

test('of two headers in one place the one that came twice in a row last is known', () => {
  const known = knownTokens()
  const end = anySignature().slice(-12)
  const [first, second] = ['A', 'B'].map((start) => headerWith(start.repeat(signatureLength - 12) + end))
  for (const [header, claims] of [[first, ann] as const, [second, eve] as const]) {
    known.note(header!, claims)
    known.note(header!, claims)
    expect(known.find(header!)).toEqual(claims)
  }
  expect(known.find(first!)).toBeUndefined()
})

test('new buyers, however many, do not push out those who came again', () => {
  const known = knownTokens()
  const header = headerWith(anySignature())
  known.note(header, ann)
  known.note(header, ann)
  for (let i = 0; i < 100_000; i += 1) known.note(headerWith(anySignature()), eve)
  expect(known.find(header)).toEqual(ann)
})

test('a long header is never kept', () => {
  const known = knownTokens()
  const header = headerWith(anySignature(), 'a'.repeat(600))
  for (let i = 0; i < 3; i += 1) known.note(header, ann)
  expect(known.find(header)).toBeUndefined()
})
