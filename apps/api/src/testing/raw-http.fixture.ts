import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../api-context.ts'
import type { Answer } from './expect-answer.fixture.ts'

/** Listens on a free port of 127.0.0.1 and returns it. */
export async function listenOnFreePort(app: Api): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

export interface SendRawOptions {
  /** Sends single bytes with this pause between them. */
  readonly byteDelayMs?: number
  readonly timeoutMs?: number
  /** Closes the connection after a head of this content type, since its body has no end. */
  readonly untilHead?: string
}

/**
 * Sends bytes exactly as given, a string as latin1. Resolves with the answer once the server has closed the connection; a valid request
 * must ask for that. Rejects if the server does not close in time.
 */
export async function sendRaw(port: number, request: string | Buffer, options: SendRawOptions = {}): Promise<Answer> {
  return parseAnswer(await exchange(port, request, options))
}

/** Sends several requests at once. Resolves with all answers in the order in which they came. */
export async function sendPipelined(port: number, request: string | Buffer): Promise<Answer[]> {
  return parseAnswers(await exchange(port, request, {}))
}

function exchange(port: number, request: string | Buffer, options: SendRawOptions): Promise<string> {
  const { byteDelayMs = 0, timeoutMs = 20_000, untilHead } = options
  const bytes = typeof request === 'string' ? Buffer.from(request, 'latin1') : request
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const heard = () => Buffer.concat(received).toString('latin1')
    const timer = setTimeout(() => {
      reject(new Error(`the server did not close in ${timeoutMs} ms; it said: ${heard()}`))
      socket.destroy()
    }, timeoutMs)
    socket.on('data', (piece) => {
      received.push(piece)
      if (untilHead !== undefined && heard().includes(`content-type: ${untilHead}`)) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(heard())
    })
    if (byteDelayMs === 0) socket.write(bytes)
    else void trickle(bytes)
    async function trickle(left: Buffer): Promise<void> {
      for (const byte of left) {
        if (!socket.writable) return
        socket.write(Buffer.of(byte))
        await sleep(byteDelayMs)
      }
    }
  })
}

/** A request head with these headers, for a request with a body, that asks the server to close. */
export function rawHead(method: string, path: string, headers: readonly string[] = []): string {
  return keptHead(method, path, ['Connection: close', ...headers])
}

/** A request head with these headers, after which the connection stays open. */
export function keptHead(method: string, path: string, headers: readonly string[] = []): string {
  return bareHead(method, path, ['Host: localhost', ...headers])
}

/** A request head with these headers alone. */
export function bareHead(method: string, path: string, headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n')
}

/** Splits the answers apart by the lengths in their heads. */
function parseAnswers(text: string): Answer[] {
  const answers: Answer[] = []
  let rest = text
  while (rest !== '') {
    const { statusCode, headers, body } = parseAnswer(rest)
    const length = Number(headers['content-length'] ?? 0)
    answers.push({ statusCode, headers, body: body.slice(0, length) })
    rest = body.slice(length)
  }
  return answers
}

function parseAnswer(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return {
    statusCode: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(pairs),
    body: rest.join('\r\n\r\n'),
  }
}
