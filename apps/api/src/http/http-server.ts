import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { writeProblem } from '../problems/send-problem.ts'
import { refuseTunnel, rememberAnswer } from './answers-in-order.ts'
import { faultOfHead, headerCountMax } from './fault-of-head.ts'

/** A client that trickles its request holds a socket no longer than this, and the time until the next look. */
const requestTimeoutMs = 10_000
const requestTimeoutCheckMs = 1_000
/** Longer than a proxy keeps an idle connection, so that the proxy is the one to close it. */
const keepAliveTimeoutMs = 72_000

/** The HTTP server under the routes: refuses requests that can be read in two ways, and answers in the order of the requests. */
export function createHttpServer(handle: RequestListener): Server {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      // With Node's default of a minute for the headers, the time-out of the request does not see a body that stays away.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutCheckMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Node's own refusal is empty; faultOfHead says what is missing.
      requireHostHeader: false,
    },
    (request, response) => {
      if (isRefused(request, response)) return
      handle(request, response)
    },
  )
  // Node drops headers beyond its limit without a word. One more than the API takes shows that there were too many.
  server.maxHeadersCount = headerCountMax + 1
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (!isRefused(request, response)) writeProblem(response, 'EXPECTATION_FAILED')
  })
  server.on('connect', refuseTunnel)
  return server
}

function isRefused(request: IncomingMessage, response: ServerResponse): boolean {
  rememberAnswer(request, response)
  const fault = faultOfHead(request)
  if (fault !== undefined) writeProblem(response, 'INVALID_REQUEST', { detail: fault })
  return fault !== undefined
}
