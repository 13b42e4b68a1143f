import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { problemContentType, problemOf } from '@flash-sale/contract/problem'
import { InvalidRequestError } from '../problems/handle-errors.ts'

const lastAnswer = Symbol('lastAnswer')
const isEnding = Symbol('isEnding')

/** A property costs an order less than an entry of a WeakMap. */
interface Connection extends Socket {
  [lastAnswer]?: ServerResponse
  [isEnding]?: true
}

/** Notes the youngest answer of a connection. Answers go out in order, so all are out once this one is. */
export function rememberAnswer({ socket }: IncomingMessage, response: ServerResponse): void {
  const connection: Connection = socket
  connection[lastAnswer] = response
}

const malformedDetails: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}

/** Refuses bytes that are not a request, after the answers to the requests before them, and ends the connection. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const connection: Connection = socket
  // Each further piece of what is not HTTP is told as an error again.
  if (connection[isEnding]) return
  connection[isEnding] = true
  const detail = malformedDetails[error.code ?? ''] ?? 'This is not a valid HTTP/1.1 request.'
  const last = connection[lastAnswer]
  if (last && !last.req.complete) refuseRest(last, detail)
  else afterAnswers(connection, () => endWithProblem(connection, detail))
}

/** Refuses CONNECT, after the answers to the requests before it. Node destroys the connection at once where nobody listens. */
export function refuseTunnel(_request: IncomingMessage, socket: Socket): void {
  // Node takes its own listeners off a connection that becomes a tunnel.
  socket.on('error', () => undefined)
  afterAnswers(socket, () => endWithProblem(socket, 'This is not a proxy.'))
}

/** Bytes that are not the rest of a request whose head was in order: that request has an answer of its own. */
function refuseRest(answer: ServerResponse, detail: string): void {
  if (!answer.headersSent) answer.setHeader('connection', 'close')
  afterAnswers(answer.req.socket, () => answer.req.socket.destroySoon())
  // A route that waits for the body answers this error; one that does not read the body answers as it does anyway.
  if (answer.req.listenerCount('error') > 0) answer.req.emit('error', new InvalidRequestError(detail))
}

function afterAnswers(connection: Connection, act: () => void): void {
  const last = connection[lastAnswer]
  if (!last || last.writableFinished) act()
  else last.once('close', act)
}

/** By hand, because no response exists for what is not a request. */
function endWithProblem(socket: Socket, detail: string): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(problemOf('INVALID_REQUEST', { detail }))
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: ${problemContentType}\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  // Without this a client that never closes its side would keep the socket.
  socket.destroySoon()
}
