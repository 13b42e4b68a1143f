import { Problem, problemOf, type ProblemCode } from '@flash-sale/contract/problem'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { expect } from 'vitest'

/** The parts of an answer that tests check, whether it came by `inject` or over a socket. */
export interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: string
}

/** Expects this success, with a body that fits the schema. Returns the body. */
export function expectSuccess<Schema extends TSchema>(answer: Answer, status: number, schema: Schema): Static<Schema> {
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status })
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/)
  return expectShape(answer.body, schema)
}

/** Expects this problem, complete, with `Retry-After` if the catalogue has one. Returns the body. */
export function expectProblem(answer: Answer, code: ProblemCode): Problem {
  const { type, title, status } = problemOf(code)
  const problem = expectAnyProblem(answer)
  expect(problem).toMatchObject({ type, title, status, code })
  return problem
}

/** Expects any problem. Returns the body. */
export function expectAnyProblem(answer: Answer): Problem {
  expect({ contentType: answer.headers['content-type'], body: answer.body }).toMatchObject({
    contentType: 'application/problem+json',
  })
  const problem = expectShape(answer.body, Problem)
  expect(answer.statusCode).toBe(problem.status)
  expect(problem.detail).not.toBe('')
  expect(answer.headers['www-authenticate']).toEqual(problem.status === 401 ? 'Bearer realm="flash-sale"' : undefined)
  const retryAfter = answer.headers['retry-after']
  if (problem.status !== 503) expect(retryAfter).toBeUndefined()
  else {
    expect(problem.retryAfterMs).toBeGreaterThan(0)
    expect(retryAfter).toBe(String(Math.ceil(problem.retryAfterMs! / 1_000)))
  }
  return problem
}

function expectShape<Schema extends TSchema>(body: string, schema: Schema): Static<Schema> {
  const value: unknown = JSON.parse(body)
  expect([...Value.Errors(schema, value)], body).toEqual([])
  return value as Static<Schema>
}
