import { problemCodes, problemOf, type ProblemCode, type ProblemExtras } from '@flash-sale/contract/problem'
import { describe, expect, test } from 'vitest'
import { judgeAnswer } from './judge-answer.ts'

const orderId = '00000007-0000-8000-8000-000000000000'
const openLong = -60_000

function judge(code: ProblemCode, extras?: ProblemExtras, opensInMs = openLong) {
  return judgeAnswer({ ok: false, problem: problemOf(code, extras) }, opensInMs)
}

test('an accepted order is accepted, said for the first time or again', () => {
  const value = { orderId, itemId: 7, quantity: 1, status: 'accepted' } as const
  expect(judgeAnswer({ ok: true, status: 202, value }, openLong)).toEqual({ kind: 'ACCEPTED', orderId })
  expect(judgeAnswer({ ok: true, status: 202, value, replayed: true }, openLong)).toEqual({ kind: 'ACCEPTED', orderId })
})

test.each(['SOLD_OUT', 'LIMIT_REACHED', 'SALE_NOT_OPEN', 'SALE_CLOSED', 'SALE_PAUSED', 'ITEM_NOT_FOUND'] as const)(
  '%s is a definite no, also where it says when to ask again',
  (code) => {
    expect(judge(code, {}, 60_000)).toEqual({ kind: 'REFUSED', refusal: code })
  },
)

test.each(['BUSY', 'OVERLOADED', 'UNAVAILABLE'] as const)(
  '%s took nothing, and is sent again when the service said',
  (code) => {
    expect(judge(code, { retryAfterMs: 700 })).toMatchObject({ kind: 'AGAIN', isUnsure: false, retryAfterMs: 700 })
  },
)

test('an unknown outcome is sent again, and asked for by its order id', () => {
  expect(judge('OUTCOME_UNKNOWN', { orderId })).toMatchObject({ kind: 'AGAIN', isUnsure: true, orderId })
})

test.each(['NO_ANSWER', 'INTERNAL'] as const)('%s says nothing about the order, which is sent again', (code) => {
  const problem = code === 'INTERNAL' ? problemOf(code) : { code, title: 'none', detail: 'fetch failed' }
  expect(judgeAnswer({ ok: false, problem }, openLong)).toMatchObject({ kind: 'AGAIN', isUnsure: true })
})

describe('an order that arrives just before the opening', () => {
  test('is sent again as soon as it may be open', () => {
    expect(judge('SALE_NOT_OPEN', {}, 400)).toMatchObject({ kind: 'AGAIN', isUnsure: false, retryAfterMs: 400 })
    expect(judge('SALE_NOT_OPEN', {}, -20)).toMatchObject({ kind: 'AGAIN', retryAfterMs: 100 })
  })
})

test("another quantity under a key that an order has names the buyer's order", () => {
  expect(judge('KEY_CONFLICT', { orderId })).toEqual({ kind: 'ACCEPTED', orderId })
  expect(judge('KEY_CONFLICT')).toEqual({ kind: 'REFUSED', refusal: 'NOT_UNDERSTOOD' })
})

test('who is not signed in is not refused', () => {
  expect(judge('UNAUTHORIZED')).toEqual({ kind: 'SIGNED_OUT' })
})

test('every other problem is a no, and none is forgotten', () => {
  const verdicts = problemCodes.map((code) => judge(code).kind)
  expect(new Set(verdicts)).toEqual(new Set(['REFUSED', 'AGAIN', 'SIGNED_OUT']))
  expect(judge('INVALID_REQUEST')).toEqual({ kind: 'REFUSED', refusal: 'NOT_UNDERSTOOD' })
})

test('a refusal for the purchase limit says which orders count', () => {
  const orderIds = ['00000007-0000-8000-8000-000000000001']
  expect(judge('LIMIT_REACHED', { orderIds })).toEqual({ kind: 'REFUSED', refusal: 'LIMIT_REACHED', orderIds })
})
