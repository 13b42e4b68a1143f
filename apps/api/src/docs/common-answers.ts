import type { FastifySchema, RouteOptions } from 'fastify'
import { problemAnswers } from '../problems/problem-answers.ts'

/** Adds to the description of a call what is true of all of them, so that no route can forget it. */
export function describeCommonAnswers(schema: FastifySchema, method: RouteOptions['method']): FastifySchema {
  const hasBody = [method].flat().some((one) => one !== 'GET' && one !== 'HEAD')
  const common = {
    // A request that can be read in two ways is refused before any route.
    ...problemAnswers('INVALID_REQUEST'),
    // A body is read and judged also where none is needed.
    ...(hasBody && problemAnswers('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')),
  }
  return { ...schema, security: schema.security ?? [], response: { ...common, ...(schema.response as object) } }
}
