import type { FastifySchema, RouteOptions } from 'fastify'
import { problemAnswers } from '../problems/problem-answers.ts'

/** Adds the answers that every call has to the description of a call, so that no route can forget them. */
export function describeCommonAnswers(schema: FastifySchema, method: RouteOptions['method']): FastifySchema {
  const hasBody = [method].flat().some((one) => one !== 'GET' && one !== 'HEAD')
  const common = {
    // The server refuses an ambiguous request before any route sees it.
    ...problemAnswers('INVALID_REQUEST'),
    // The server reads and judges a body even if the route needs none.
    ...(hasBody && problemAnswers('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')),
  }
  return { ...schema, security: schema.security ?? [], response: { ...common, ...(schema.response as object) } }
}
