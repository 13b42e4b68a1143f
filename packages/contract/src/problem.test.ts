import { expect, test } from 'vitest'
import type { RefusalCode } from './order-outcomes.ts'
import { problemCatalogue, problemCodes, problemOf, type ProblemCode } from './problem.ts'

const contract = {
  SOLD_OUT: 409,
  LIMIT_REACHED: 409,
  SALE_NOT_OPEN: 409,
  SALE_CLOSED: 410,
  SALE_PAUSED: 503,
  ITEM_NOT_FOUND: 404,
  ORDER_NOT_FOUND: 404,
  KEY_CONFLICT: 422,
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BUSY: 503,
  OVERLOADED: 503,
  OUTCOME_UNKNOWN: 503,
  UNAVAILABLE: 503,
} as const satisfies Partial<Record<ProblemCode, number>> & Record<RefusalCode, number>

test('every code that clients are promised has the status they are promised', () => {
  const statuses = Object.fromEntries(problemCodes.map((code) => [code, problemOf(code).status]))
  expect(statuses).toMatchObject(contract)
})

test('every answer that asks to come back later says when', () => {
  for (const code of problemCodes) {
    const { status, retryAfterMs } = problemOf(code)
    if (status === 503) expect(retryAfterMs, code).toBeGreaterThan(0)
    else expect(retryAfterMs, code).toBeUndefined()
  }
})

test('every answer that asks to sign in says how', () => {
  const challenged = problemCodes.filter((code) => 'challenge' in problemCatalogue[code])
  expect(challenged).toEqual(problemCodes.filter((code) => problemCatalogue[code].status === 401))
})

test('every problem has a type, a title and an advice of its own', () => {
  const problems = problemCodes.map((code) => problemOf(code))
  expect(new Set(problems.map(({ type }) => type)).size).toBe(problems.length)
  expect(new Set(problems.map(({ title }) => title)).size).toBe(problems.length)
  for (const { code, detail } of problems) expect(detail, code).toMatch(/\.$/)
})

test('a problem carries what the occurrence adds, and the catalogue fills in the rest', () => {
  expect(problemOf('OUTCOME_UNKNOWN', { orderId: 'an-order', retryAfterMs: 250.2 })).toEqual({
    type: 'urn:flash-sale:problem:outcome-unknown',
    title: problemCatalogue.OUTCOME_UNKNOWN.title,
    status: 503,
    code: 'OUTCOME_UNKNOWN',
    detail: problemCatalogue.OUTCOME_UNKNOWN.detail,
    orderId: 'an-order',
    retryAfterMs: 251,
  })
  expect(problemOf('INVALID_REQUEST', { detail: 'body/quantity must be integer' })).toMatchObject({
    detail: 'body/quantity must be integer',
  })
})
