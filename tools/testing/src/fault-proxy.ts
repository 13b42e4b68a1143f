import { createServer, connect, type Socket } from 'node:net'

export type BytesMatcher = (bytes: Buffer) => boolean

export interface FaultProxy {
  readonly port: number
  /** Holds everything that the server sends from now on. The server still receives and executes everything. */
  readonly holdReplies: () => void
  /** Holds everything that clients send from now on. The server does not receive it. */
  readonly holdRequests: () => void
  /** Holds replies from the moment when a matching request passes. Resolves when the request has passed. */
  readonly holdRepliesFrom: (matcher: BytesMatcher) => Promise<void>
  /** Holds a matching request and all further ones. Resolves when the matching request has come. */
  readonly holdRequestsFrom: (matcher: BytesMatcher) => Promise<void>
  /** Resolves when a matching request has passed to the server. */
  readonly requestSeen: (matcher: BytesMatcher) => Promise<void>
  /** Forwards everything that was held, in order, and everything from now on. */
  readonly passAll: () => void
  /** Breaks every connection and drops everything that was held. New connections are accepted. */
  readonly cut: () => void
  /** Breaks every connection and refuses new ones until `accept`. */
  readonly refuse: () => void
  readonly accept: () => void
  /** Connects new connections to another server from now on. Open connections stay. */
  readonly leadTo: (port: number) => void
  /** The number of held pieces, and of open connections. */
  readonly repliesHeldCount: () => number
  readonly requestsHeldCount: () => number
  readonly connectionCount: () => number
  readonly close: () => Promise<void>
}

interface Direction {
  isHeld: boolean
  held: { to: Socket; bytes: Buffer }[]
}

interface Watcher {
  readonly matcher: BytesMatcher
  /** Called before the matching piece is forwarded or held. */
  readonly onMatch: () => void
}

/**
 * A TCP proxy on 127.0.0.1 that can disturb connections as networks do. A matcher sees one piece at a time as it came from the socket.
 * One piece of our clients holds one or more commands or statements.
 */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const requests: Direction = { isHeld: false, held: [] }
  const replies: Direction = { isHeld: false, held: [] }
  const sockets = new Set<Socket>()
  const watchers = new Set<Watcher>()
  let isRefusing = false
  let leadsTo = targetPort

  const cut = () => {
    for (const direction of [requests, replies]) direction.held = []
    for (const socket of sockets) socket.destroy()
  }
  const watch = (matcher: BytesMatcher, onMatch: () => void) =>
    new Promise<void>((resolve) => {
      const watcher: Watcher = {
        matcher,
        onMatch: () => {
          watchers.delete(watcher)
          onMatch()
          resolve()
        },
      }
      watchers.add(watcher)
    })

  const server = createServer({ noDelay: true }, (client) => {
    if (isRefusing) {
      client.resetAndDestroy()
      return
    }
    const target = connect({ port: leadsTo, host: '127.0.0.1', noDelay: true })
    join(sockets, client, target)
    client.on('data', (bytes) => {
      for (const watcher of watchers) if (watcher.matcher(bytes)) watcher.onMatch()
      forward(requests, target, bytes)
    })
    target.on('data', (bytes) => forward(replies, client, bytes))
  })
  const port = await listening(server)

  return {
    port,
    holdReplies: () => void (replies.isHeld = true),
    holdRequests: () => void (requests.isHeld = true),
    holdRepliesFrom: (matcher) => watch(matcher, () => (replies.isHeld = true)),
    holdRequestsFrom: (matcher) => watch(matcher, () => (requests.isHeld = true)),
    requestSeen: (matcher) => watch(matcher, () => undefined),
    passAll: () => [requests, replies].forEach(release),
    cut,
    refuse: () => {
      isRefusing = true
      cut()
    },
    accept: () => void (isRefusing = false),
    leadTo: (to) => void (leadsTo = to),
    repliesHeldCount: () => replies.held.length,
    requestsHeldCount: () => requests.held.length,
    connectionCount: () => sockets.size / 2,
    close: async () => {
      cut()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function forward(direction: Direction, to: Socket, bytes: Buffer): void {
  if (direction.isHeld) direction.held.push({ to, bytes })
  else to.write(bytes)
}

function release(direction: Direction): void {
  direction.isHeld = false
  for (const { to, bytes } of direction.held.splice(0)) if (to.writable) to.write(bytes)
}

/** Makes two sockets end together. */
function join(sockets: Set<Socket>, client: Socket, target: Socket): void {
  for (const [socket, other] of [
    [client, target],
    [target, client],
  ] as const) {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }
}

function listening(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address()
      if (address && typeof address === 'object') resolve(address.port)
      else reject(new Error('a listening TCP server has no port'))
    })
  })
}
