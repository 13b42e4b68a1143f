import { readFileSync } from 'node:fs'
import { letterOfVerdict, orderOutcomes, type LedgerVerdict } from '@flash-sale/contract/order-outcomes'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerKeys } from './ledger-keys.ts'
import { readOutbox } from './outbox.ts'

const lua = readFileSync(new URL('reserve.lua', import.meta.url), 'utf8')
const code = lua.replaceAll(/--.*$/gm, '')
const verdicts = Object.entries(letterOfVerdict) as [LedgerVerdict, string][]
/** Letters of the whole batch, which no order has. */
const batchLetters = new Set(['B', 'E', 'M'])

let redis: Redis
let close: () => Promise<void>

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

test('reserve.lua says every verdict of the contract by its letter, and no other letter', () => {
  const said = new Set([...code.matchAll(/'([A-Z])'/g)].map(([, letter]) => letter!))
  expect([...said].filter((letter) => !batchLetters.has(letter)).toSorted()).toEqual(
    verdicts.map(([, letter]) => letter).toSorted(),
  )
})

test('the header of reserve.lua gives each letter the meaning that the contract gives it', () => {
  const reply = lua
    .slice(lua.indexOf('a letter an order:'), lua.indexOf('{letters} when nothing'))
    .replaceAll(/\n--\s+/g, ' ')
  const meanings = new Map(
    [...reply.matchAll(/\b([A-Z]) ([a-z ]+)/g)].map(([, letter, words]) => [letter, words!.trim()]),
  )
  for (const [verdict, letter] of verdicts) {
    const words = verdict.toLowerCase().replaceAll('_', ' ')
    const meaning = meanings.get(letter)
    expect(meaning && words.startsWith(meaning), `${letter} is ${verdict}; the header says: ${meaning}`).toBe(true)
  }
})

test('an outbox entry of adopted orders is read by what the contract says an adoption makes of each letter', async () => {
  for (const [i, [verdict, letter]] of verdicts.entries()) {
    const itemId = i + 1
    const fields = ['epoch', '1', 'at', '1', 'letters', letter, 'orders', '[["x"],["ann"],[1],[1]]']
    await redis.xadd(ledgerKeys(itemId).outbox, '*', ...fields)
    const entry = readOutbox(redis, itemId, 1).then(([found]) => found!)
    const read = entry.then(({ orders }) => orders)
    switch (orderOutcomes[verdict].adoption) {
      case 'taken':
        expect(await read, verdict).toMatchObject([{ orderId: 'x' }])
        expect((await read)[0]).not.toHaveProperty('refused')
        break
      case 'known':
        expect(await read, verdict).toEqual([])
        break
      case 'rejected':
        expect(await read, verdict).toMatchObject([{ orderId: 'x', refused: verdict }])
        break
      case 'unasked':
        expect(await entry, verdict).toMatchObject({ orders: [], fault: expect.stringContaining('no adoption gives') })
    }
  }
})
