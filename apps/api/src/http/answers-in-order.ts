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

/** Notes the newest answer of a connection. Answers are sent in order, so all of them are sent once this one is. */
export function rememberAnswer({ socket }: IncomingMessage, response: ServerResponse): void {
  const connection: Connection = socket
  connection[lastAnswer] = response
}

const malformedDetails: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}

/** Refuses bytes that are not a request, and ends the connection. The answers to earlier requests are sent first. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const connection: Connection = socket
  // Node reports each further piece of such bytes as another error.
  if (connection[isEnding]) return
  connection[isEnding] = true
  const detail = malformedDetails[error.code ?? ''] ?? 'This is not a valid HTTP/1.1 request.'
  const last = connection[lastAnswer]
  if (last && !last.req.complete) refuseRest(last, detail)
  else afterAnswers(connection, () => endWithProblem(connection, detail))
}

/** Refuses CONNECT after the answers to earlier requests. Without a listener Node would destroy the connection at once. */
export function refuseTunnel(_request: IncomingMessage, socket: Socket): void {
  // Node removes its own listeners from a connection that becomes a tunnel.
  socket.on('error', () => undefined)
  afterAnswers(socket, () => endWithProblem(socket, 'This is not a proxy.'))
}

/** Refuses a wrong body after a correct head. The request with that head has an answer of its own. */
function refuseRest(answer: ServerResponse, detail: string): void {
  if (!answer.headersSent) answer.setHeader('connection', 'close')
  afterAnswers(answer.req.socket, () => answer.req.socket.destroySoon())
  // A route that waits for the body answers with this error. A route that reads no body answers as usual.
  if (answer.req.listenerCount('error') > 0) answer.req.emit('error', new InvalidRequestError(detail))
}

function afterAnswers(connection: Connection, act: () => void): void {
  const last = connection[lastAnswer]
  if (!last || last.writableFinished) act()
  else last.once('close', act)
}

/** Writes the answer by hand, since bytes that are not a request have no response object. */
function endWithProblem(socket: Socket, detail: string): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(problemOf('INVALID_REQUEST', { detail }))
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: ${problemContentType}\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  // Otherwise a client that never closes its side would keep the socket open.
  socket.destroySoon()
}
