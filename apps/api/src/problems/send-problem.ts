import { problemContentType, problemOf, type ProblemCode, type ProblemExtras } from '@flash-sale/contract/problem'
import type { FastifyReply } from 'fastify'

/** A refusal is answered as often as an order in a sale: its text is made once. */
const bareBodies = new Map<ProblemCode, { body: string; status: number; retryAfterS: string | undefined }>()

/** Answers with a problem; `Retry-After` is its `retryAfterMs` in whole seconds, rounded up. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extras?: ProblemExtras): FastifyReply {
  const { body, status, retryAfterS } = extras ? render(code, extras) : renderBare(code)
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS)
  return reply.code(status).header('content-type', problemContentType).serializer(asItIs).send(body)
}

function renderBare(code: ProblemCode) {
  let rendered = bareBodies.get(code)
  if (!rendered) bareBodies.set(code, (rendered = render(code, {})))
  return rendered
}

function render(code: ProblemCode, extras: ProblemExtras) {
  const problem = problemOf(code, extras)
  const retryAfterS =
    problem.retryAfterMs === undefined ? undefined : String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000)))
  return { body: JSON.stringify(problem), status: problem.status, retryAfterS }
}

function asItIs(body: unknown): string {
  return String(body)
}
