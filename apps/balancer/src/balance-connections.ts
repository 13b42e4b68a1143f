import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { problemContentType, problemOf } from '@flash-sale/contract/problem'
import type { Logger } from '@flash-sale/runtime/logger'
import { addressName, type ApiAddress } from './find-apis.ts'

export interface BalancerOptions {
  /** The API processes as they are now. */
  readonly findApis: () => Promise<readonly ApiAddress[]>
  readonly isReady: (api: ApiAddress) => boolean
  readonly logger: Pick<Logger, 'warn'>
}

/** A process that is there takes a connection at once; one that was cut off the network never answers. In ms. */
const connectTimeoutMs = 1_000

/** The API ends idle connections sooner; this ends those whose other side vanished without a word. In ms. */
const silentMsMax = 120_000

/**
 * Passes each connection on to the API process that has the fewest of ours, and to the next if that one does not take it. One that
 * is not ready gets a connection only when no other takes it: then its answer says more than ours.
 * It does not look into what passes, so an answer is always the API's own; only when no process takes a connection it
 * answers 503 itself.
 */
export function createBalancer({ findApis, isReady, logger }: BalancerOptions): Server {
  const openCounts = createOpenCounts()
  const compare = (a: ApiAddress, b: ApiAddress) =>
    Number(isReady(b)) - Number(isReady(a)) || openCounts.of(a) - openCounts.of(b)

  async function serve(client: Socket): Promise<void> {
    prepare(client)
    const apis = await findApis()
    for (const address of apis.toSorted(compare)) {
      openCounts.change(address, 1)
      try {
        const api = await connected(address)
        if (api) return await passOn(client, api)
      } finally {
        openCounts.change(address, -1)
      }
    }
    logger.warn({ apis }, 'no API process took a connection')
    refuse(client)
  }

  return createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => void serve(client))
}

function createOpenCounts() {
  const counts = new Map<string, number>()
  const of = (address: ApiAddress) => counts.get(addressName(address)) ?? 0
  const change = (address: ApiAddress, by: 1 | -1) => {
    const count = of(address) + by
    if (count === 0) counts.delete(addressName(address))
    else counts.set(addressName(address), count)
  }
  return { of, change }
}

/** Undefined if there is nobody. */
async function connected(address: ApiAddress): Promise<Socket | undefined> {
  const api = prepare(connect({ ...address, allowHalfOpen: true, noDelay: true }))
  const taken = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), connectTimeoutMs)
    const settle = (isTaken: boolean) => {
      clearTimeout(timer)
      resolve(isTaken)
    }
    api.once('connect', () => settle(true)).once('close', () => settle(false))
  })
  if (taken) return api
  api.destroy()
  return undefined
}

/** Ends when both directions have; a side that breaks breaks the other. */
async function passOn(client: Socket, api: Socket): Promise<void> {
  await Promise.allSettled([pipeline(client, api), pipeline(api, client)])
}

function prepare(socket: Socket): Socket {
  // Which side broke, and how, is of no interest: its peer sees its connection end.
  socket.on('error', () => undefined)
  return socket.setTimeout(silentMsMax, () => socket.destroy())
}

function refuse(client: Socket): void {
  const problem = problemOf('UNAVAILABLE', { detail: 'No API process is there to take the request.' })
  const body = JSON.stringify(problem)
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    `Content-Type: ${problemContentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Retry-After: ${Math.ceil((problem.retryAfterMs ?? 0) / 1_000)}`,
    'Connection: close',
  ].join('\r\n')
  // What the client still sends must be read, or the answer may be lost with the connection.
  client.resume().end(`${head}\r\n\r\n${body}`)
}
