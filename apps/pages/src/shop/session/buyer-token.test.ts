import { problemOf } from '@flash-sale/contract/problem'
import { expect, test } from 'vitest'
import { ProblemError } from '../../server/problem.ts'
import { dropToken, findBuyer, takeHandedToken, tokenName } from './buyer-token.ts'
import { keepInMemory } from '../../browser/kept-text.ts'

function tokenOf(sub: unknown): string {
  return `head.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.signature`
}

const plain = { search: '', hash: '' }

/** A service that makes tokens, as in development. */
function development() {
  const names: string[] = []
  const makeDevToken = async (name: string) => {
    names.push(name)
    return { ok: true, status: 200, value: { token: `made for ${name}` } } as const
  }
  return { names, client: { makeDevToken } }
}

const production = {
  makeDevToken: async () => ({ ok: false, problem: problemOf('ROUTE_NOT_FOUND') }) as const,
}

test('the token that the shop handed over in the fragment is taken once and kept for the tab', async () => {
  const kept = keepInMemory()
  const token = tokenOf('王小明')
  expect(takeHandedToken(kept, { search: '', hash: `#token=${token}` })).toBe(true)
  expect(takeHandedToken(kept, plain)).toBe(false)
  const buyer = await findBuyer({ kept, address: plain, client: production })
  expect(buyer).toEqual({ name: '王小明', token, isMadeHere: false })
})

test('a token that was put into the storage of the tab counts before a name in the address', async () => {
  const kept = keepInMemory()
  kept.set(tokenName, tokenOf('ann'))
  const { client, names } = development()
  expect(await findBuyer({ kept, address: { search: '?buyer=bob', hash: '' }, client })).toMatchObject({ name: 'ann' })
  expect(names).toEqual([])
})

test.each(['', 'no-token', 'a.b.c', tokenOf(7), tokenOf('a\0b'), tokenOf('')])(
  'what was handed over and is no token of a buyer is not kept: %j',
  async (token) => {
    const kept = keepInMemory()
    expect(takeHandedToken(kept, { search: '', hash: `#token=${token}` })).toBe(true)
    expect(kept.get(tokenName)).toBeUndefined()
    expect(await findBuyer({ kept, address: plain, client: production })).toBeNull()
  },
)

test('in development a tab stays the same buyer across reloads, and another tab is another one', async () => {
  const { client } = development()
  const tab = keepInMemory()
  const first = await findBuyer({ kept: tab, address: plain, client, random: () => 0.5 })
  const reloaded = await findBuyer({ kept: tab, address: plain, client, random: () => 0.9 })
  const other = await findBuyer({ kept: keepInMemory(), address: plain, client, random: () => 0.9 })
  expect(first).toMatchObject({ isMadeHere: true, token: `made for ${first?.name}` })
  expect(reloaded?.name).toBe(first?.name)
  expect(other?.name).not.toBe(first?.name)
})

test('in development the address can say who buys, and what cannot be a buyer is not asked for', async () => {
  const kept = keepInMemory()
  const { client } = development()
  expect(await findBuyer({ kept, address: { search: '?buyer=alice', hash: '' }, client })).toMatchObject({
    name: 'alice',
  })
  expect(await findBuyer({ kept, address: plain, client })).toMatchObject({ name: 'alice' })
  expect(await findBuyer({ kept, address: { search: '?buyer=%00', hash: '' }, client })).toMatchObject({
    name: 'alice',
  })
})

test('without a token, where the service makes none, nobody buys', async () => {
  expect(await findBuyer({ kept: keepInMemory(), address: plain, client: production })).toBeNull()
})

test('a service that does not answer is not taken for one that makes no tokens', async () => {
  const client = { makeDevToken: async () => ({ ok: false, problem: problemOf('UNAVAILABLE') }) as const }
  await expect(findBuyer({ kept: keepInMemory(), address: plain, client })).rejects.toThrow(ProblemError)
})

test('a token that was refused is forgotten, unless another has been handed over since', () => {
  const kept = keepInMemory()
  kept.set(tokenName, tokenOf('ann'))
  dropToken(kept, tokenOf('bob'))
  expect(kept.get(tokenName)).toBe(tokenOf('ann'))
  dropToken(kept, tokenOf('ann'))
  expect(kept.get(tokenName)).toBeUndefined()
})
