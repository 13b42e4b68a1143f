import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../problems/send-problem.ts'

/** For calls that take nothing: of a field that is silently ignored nobody learns that it was a mistake. */
export function takeNoBody({ body }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (body === undefined || body === null || JSON.stringify(body) === '{}') return done()
  void sendProblem(reply, 'INVALID_REQUEST', { detail: 'This call takes no body.' })
}
