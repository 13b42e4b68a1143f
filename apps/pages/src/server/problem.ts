import type { Failure, NoAnswer, Outcome } from '@flash-sale/contract/client'
import { isProblemCode, type Problem } from '@flash-sale/contract/problem'

/** A problem of the service or of the network. `code` tells which. */
export type AnyProblem = Failure['problem']

/** A problem as an error, for query functions, which can only throw. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'

  constructor(readonly problem: AnyProblem) {
    super(`${problem.code}: ${problem.detail}`)
  }
}

/** The value of an outcome. Throws a problem as a `ProblemError`, for queries. */
export async function valueOf<Value>(outcome: Promise<Outcome<Value>>): Promise<Value> {
  const settled = await outcome
  if (settled.ok) return settled.value
  throw new ProblemError(settled.problem)
}

/** The problem behind anything that was thrown. */
export function problemOfError(error: unknown): AnyProblem {
  if (error instanceof ProblemError) return error.problem
  return noAnswer(error instanceof Error ? error.message : String(error))
}

/** The problem in an answer that is not ok. A proxy may have answered in place of the service. */
export async function readProblem(response: Response): Promise<AnyProblem> {
  const body: Problem | null = await response.json().catch(() => null)
  return isProblemCode(body?.code) ? body : noAnswer('The answer is not one of this service.', response.status)
}

export function noAnswer(detail: string, status?: number): NoAnswer {
  return { code: 'NO_ANSWER', title: 'No answer from the service', detail, ...(status !== undefined && { status }) }
}

/** Whether the same call may succeed in a moment: after no answer, 429 or 503. */
export function isPassing(problem: AnyProblem): boolean {
  return problem.code === 'NO_ANSWER' || problem.status === 503 || problem.status === 429
}

/** The wait that the problem asks for, in ms. */
export function retryAfterMsOf(problem: AnyProblem): number {
  return problem.code === 'NO_ANSWER' ? 0 : (problem.retryAfterMs ?? 0)
}
