import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from '../api-context.ts'
import type { MethodsOf } from '../http/known-paths.ts'
import { sendProblem } from './send-problem.ts'
import { storeFailureCode } from './store-failure.ts'

/** Turns every error outside of a route's own outcomes into a problem. Only a bug of ours is logged as an error. */
export function handleErrors(app: Api, methodsOf: MethodsOf): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply))
  app.setNotFoundHandler((request, reply) => answerNoRoute(methodsOf, request, reply))
}

/** Answers a wrong method with the methods that the path takes, and answers OPTIONS. */
function answerNoRoute(methodsOf: MethodsOf, { url, method }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = methodsOf(url)
  if (!methods || (methods.includes(method) && method !== 'OPTIONS')) return sendProblem(reply, 'ROUTE_NOT_FOUND')
  reply.header('allow', methods.join(', '))
  return method === 'OPTIONS' ? reply.code(204).send() : sendProblem(reply, 'METHOD_NOT_ALLOWED')
}

/** The request is wrong in a way that no schema checks. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
  readonly statusCode = 400
}

/** The body is not JSON in UTF-8, but compressed or in another encoding. */
export class UnsupportedBodyError extends Error {
  override readonly name = 'UnsupportedBodyError'
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation) return sendProblem(reply, 'INVALID_REQUEST', { detail: validationDetail(error) })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return sendProblem(reply, 'PAYLOAD_TOO_LARGE', { detail: `Send at most ${request.routeOptions.bodyLimit} bytes.` })
  }
  if (error instanceof UnsupportedBodyError) {
    return sendProblem(reply, 'UNSUPPORTED_MEDIA_TYPE', { detail: error.message })
  }
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

/** Says in words which field is wrong. A person reads the field's description, not its pattern. */
function validationDetail(error: FastifyError): string {
  const [first] = error.validation ?? []
  const place = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`
  if (first?.keyword === 'additionalProperties') {
    return `${place} has an unknown field: ${String(first.params['additionalProperty'])}.`
  }
  if (first?.keyword === 'pattern') {
    const description = 'parentSchema' in first ? descriptionOf(first.parentSchema) : undefined
    return `${place} has a wrong form${description ? `: ${description}` : '; /docs describes it.'}`
  }
  if (first?.keyword === 'enum' && Array.isArray(first.params['allowedValues'])) {
    return `${place} must be one of ${first.params['allowedValues'].join(', ')}.`
  }
  return `${error.message}.`
}

function descriptionOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || !('description' in schema)) return undefined
  return typeof schema.description === 'string' ? schema.description : undefined
}
