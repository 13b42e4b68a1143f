import type { Socket } from 'node:net'
import { problemContentType, problemOf } from '@flash-sale/contract/problem'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from '../api-context.ts'
import { sendProblem } from './send-problem.ts'
import { storeFailureCode } from './store-failure.ts'

/** Turns whatever goes wrong outside a route's own outcomes into a problem; only a fault of ours is logged as an error. */
export function handleErrors(app: Api): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'ROUTE_NOT_FOUND'))
}

/** A request that no schema judges and that is wrong all the same. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
  readonly statusCode = 400
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation) return sendProblem(reply, 'INVALID_REQUEST', { detail: validationDetail(error) })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(reply, 'PAYLOAD_TOO_LARGE')
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendProblem(reply, 'UNSUPPORTED_MEDIA_TYPE')
  const failure = storeFailureCode(error)
  if (failure === 'OVERLOADED')
    return sendProblem(reply, failure, { detail: 'Nothing was done. Try again after the given time.' })
  if (failure) {
    request.log.warn({ reason: error.message, reqId: request.id }, 'a store did not serve a request')
    return sendProblem(reply, failure)
  }
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) {
    return sendProblem(reply, 'INVALID_REQUEST', { detail: `${error.message}.`.replace(/\.\.$/, '.') })
  }
  request.log.error({ err: error, reqId: request.id }, 'a request met a fault of ours')
  return sendProblem(reply, 'INTERNAL')
}

/** Says which field is wrong in words: a pattern says little to a person, and what it stands for is in its description. */
function validationDetail(error: FastifyError): string {
  const [first] = error.validation ?? []
  const place = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`
  if (first?.keyword === 'additionalProperties') {
    return `${place} has a field that is not known: ${String(first.params['additionalProperty'])}.`
  }
  if (first?.keyword === 'pattern') {
    const description = 'parentSchema' in first ? descriptionOf(first.parentSchema) : undefined
    return `${place} does not have the form that it must have${description ? `: ${description}` : '; /docs describes it.'}`
  }
  return `${error.message}.`
}

function descriptionOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || !('description' in schema)) return undefined
  return typeof schema.description === 'string' ? schema.description : undefined
}

const malformedDetails: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}

/** Answers bytes that are not a request, by hand because no reply exists for them, and ends the connection. */
export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const detail = malformedDetails[error.code ?? ''] ?? 'This is not a valid HTTP/1.1 request.'
  const body = JSON.stringify(problemOf('INVALID_REQUEST', { detail }))
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: ${problemContentType}\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  // Without this a client that never closes its side would keep the socket.
  socket.destroySoon()
}
