import { connect, type Socket } from 'node:net'

/** Where a connection goes and what it sends. */
export interface ConnectionPlan {
  readonly port: number
  /** Whole HTTP requests, sent in turns, each when the one before it was answered. */
  readonly requests: readonly string[]
}

export interface Connection {
  readonly socket: Socket
  readonly requests: readonly Buffer[]
  /** Called with arriving bytes, whose memory is reused right after, and with the reason of an end. The driver of the connection sets them. */
  readonly onArrival: { take: (bytes: Buffer) => void; lose: (reason: string) => void }
  sentCount: number
  answeredCount: number
  /** When the request under way was sent; 0 when none is. */
  sentAtMs: number
}

const readBufferBytes = 16 * 1_024
const connectWithinMs = 5_000

/** Resolves when connected, so that connecting is no part of what is measured. */
export function openConnection({ port, requests }: ConnectionPlan): Promise<Connection> {
  const onArrival: Connection['onArrival'] = { take: () => undefined, lose: () => undefined }
  const socket = openSocket(port, onArrival)
  return new Promise((resolve, reject) => {
    socket.setTimeout(connectWithinMs, () => socket.destroy(new Error(`no connection in ${connectWithinMs} ms`)))
    socket.once('error', (error) => reject(new Error(`no connection to port ${port}: ${error.message}`)))
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve({
        socket,
        requests: requests.map((request) => Buffer.from(request)),
        onArrival,
        sentCount: 0,
        answeredCount: 0,
        sentAtMs: 0,
      })
    })
  })
}

function openSocket(port: number, onArrival: Connection['onArrival']): Socket {
  // One piece of memory for the life of the connection, instead of a new one for each answer.
  const memory = Buffer.allocUnsafe(readBufferBytes)
  const callback = (length: number) => {
    try {
      onArrival.take(memory.subarray(0, length))
    } catch (error) {
      onArrival.lose(error instanceof Error ? error.message : String(error))
    }
    return true
  }
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: memory, callback } })
  socket.on('error', (error: NodeJS.ErrnoException) => onArrival.lose(error.code ?? error.message))
  for (const event of ['end', 'close']) socket.on(event, () => onArrival.lose('the connection was closed'))
  return socket
}
