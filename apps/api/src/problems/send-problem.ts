import type { ServerResponse } from 'node:http'
import {
  problemCatalogue,
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
  readonly headers: Readonly<Record<string, string>>
}

/** The text of each refusal is made once, since a sale answers refusals as often as orders. */
const bareProblems = new Map<ProblemCode, Rendered>()

/** Answers with a problem and its headers. `Retry-After` is `retryAfterMs` in whole seconds, rounded up. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extras?: ProblemExtras): FastifyReply {
  return sendRendered(reply, extras ? render(problemOf(code, extras)) : renderBare(code))
}

/** Answers with a problem whose text exists already. */
export function sendProblemBody(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendRendered(reply, render(problem))
}

/** Answers a request that no route sees, for which there is no reply object. */
export function writeProblem(response: ServerResponse, code: ProblemCode, extras: ProblemExtras = {}): void {
  const { body, status, headers } = render(problemOf(code, extras))
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function sendRendered(reply: FastifyReply, { body, status, headers }: Rendered): FastifyReply {
  return reply.code(status).headers(headers).serializer(asItIs).send(body)
}

function renderBare(code: ProblemCode): Rendered {
  let rendered = bareProblems.get(code)
  if (!rendered) bareProblems.set(code, (rendered = render(problemOf(code))))
  return rendered
}

function render(problem: Problem): Rendered {
  const { code, retryAfterMs, status } = problem
  const entry = problemCatalogue[code]
  const headers = {
    'content-type': problemContentType,
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    ...('challenge' in entry && { 'www-authenticate': entry.challenge }),
  }
  return { body: JSON.stringify(problem), status, headers }
}

function asItIs(body: unknown): string {
  return String(body)
}
