import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../problems/send-problem.ts'

/** Refuses a body for calls that take none, so that a client learns of a field that would be ignored. */
export function takeNoBody({ body }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (body === undefined || body === null || JSON.stringify(body) === '{}') return done()
  void sendProblem(reply, 'INVALID_REQUEST', { detail: 'This call takes no body.' })
}
