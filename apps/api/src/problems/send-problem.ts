import {
  problemContentType,
  problemOf,
  type Problem,
  type ProblemCode,
  type ProblemExtras,
} from '@flash-sale/contract/problem'
import type { FastifyReply } from 'fastify'

interface Rendered {
  readonly body: string
  readonly status: number
  readonly retryAfterS: string | undefined
}

/** A refusal is answered as often as an order in a sale: its text is made once. */
const bareBodies = new Map<ProblemCode, Rendered>()

/** Answers with a problem; `Retry-After` is its `retryAfterMs` in whole seconds, rounded up. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extras?: ProblemExtras): FastifyReply {
  return sendRendered(reply, extras ? render(problemOf(code, extras)) : renderBare(code))
}

/** Answers with a problem that was made before. */
export function sendProblemBody(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendRendered(reply, render(problem))
}

function sendRendered(reply: FastifyReply, { body, status, retryAfterS }: Rendered): FastifyReply {
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS)
  return reply.code(status).header('content-type', problemContentType).serializer(asItIs).send(body)
}

function renderBare(code: ProblemCode): Rendered {
  let rendered = bareBodies.get(code)
  if (!rendered) bareBodies.set(code, (rendered = render(problemOf(code))))
  return rendered
}

function render(problem: Problem): Rendered {
  const retryAfterS =
    problem.retryAfterMs === undefined ? undefined : String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000)))
  return { body: JSON.stringify(problem), status: problem.status, retryAfterS }
}

function asItIs(body: unknown): string {
  return String(body)
}
