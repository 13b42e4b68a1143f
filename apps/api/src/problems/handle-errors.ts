import { problemOf } from '@flash-sale/contract/problem'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from '../api-context.ts'
import { sendProblem } from './send-problem.ts'
import { storeFailureCode } from './store-failure.ts'

/** Turns whatever goes wrong outside a route's own outcomes into a problem; only a fault of ours is logged as an error. */
export function handleErrors(app: Api): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'ROUTE_NOT_FOUND'))
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation) return sendProblem(reply, 'INVALID_REQUEST', { detail: `${error.message}.` })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(reply, 'PAYLOAD_TOO_LARGE')
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendProblem(reply, 'UNSUPPORTED_MEDIA_TYPE')
  const failure = storeFailureCode(error)
  if (failure) {
    request.log.warn({ err: error }, 'a store did not serve a request')
    return sendProblem(reply, failure)
  }
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) {
    return sendProblem(reply, 'INVALID_REQUEST', { detail: `${error.message}.`.replace(/\.\.$/, '.') })
  }
  request.log.error({ err: error }, 'a request met a fault of ours')
  return sendProblem(reply, 'INTERNAL')
}

/** The answer to bytes that are not HTTP, written by hand because no reply exists for them. */
export function malformedRequestAnswer(): string {
  const body = JSON.stringify(problemOf('INVALID_REQUEST', { detail: 'This is not a valid HTTP/1.1 request.' }))
  return `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}
