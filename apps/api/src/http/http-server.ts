import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { writeProblem } from '../problems/send-problem.ts'
import { refuseTunnel, rememberAnswer } from './answers-in-order.ts'
import { faultOfHead, headerCountMax } from './fault-of-head.ts'
import { writeAnswersAsOne } from './write-as-one.ts'

/** A client that sends its request slowly holds a socket no longer than this, plus the time until the next check. */
const requestTimeoutMs = 10_000
const requestTimeoutCheckMs = 1_000
/** Longer than a proxy keeps an idle connection, so that the proxy closes it first. */
const keepAliveTimeoutMs = 72_000

/**
 * Connections that the system takes while the process is busy. Of thousands of buyers who come at the same moment it drops those beyond
 * Node's default of 511, and each of them tries again a second later.
 */
export const connectionBacklog = 16_384

/** The HTTP server under the routes. It refuses ambiguous requests, and answers in the order of the requests. */
export function createHttpServer(handle: RequestListener): Server {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      // With Node's default of a minute for the headers, the request's time-out misses a body that never comes.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutCheckMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Node's own refusal has no text; faultOfHead says what is missing.
      requireHostHeader: false,
    },
    (request, response) => {
      if (isRefused(request, response)) return
      handle(request, response)
    },
  )
  // Node silently drops headers beyond its limit. The limit is one more than the API takes, so that too many headers are noticed.
  server.maxHeadersCount = headerCountMax + 1
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (!isRefused(request, response)) writeProblem(response, 'EXPECTATION_FAILED')
  })
  server.on('connect', refuseTunnel)
  server.on('connection', writeAnswersAsOne)
  return server
}

function isRefused(request: IncomingMessage, response: ServerResponse): boolean {
  rememberAnswer(request, response)
  const fault = faultOfHead(request)
  if (fault !== undefined) writeProblem(response, 'INVALID_REQUEST', { detail: fault })
  return fault !== undefined
}
