import type { Server } from 'node:http'
import type { Server as SocketServer, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

const checkEveryMs = 50
/** Longer than an order may take. The rest of the ten seconds of a stop is for the rest of the process. */
const finishWithinMsDefault = 7_000
/** A client sends a request right after it connects, but a browser also opens connections that it does not need yet. */
const silentMsMax = 300
/** Clients that open connections without end must not keep a server from stopping. */
const takeWithinMs = 1_000
/** During a longer turn of the event loop, which answers requests, connections may come that it did not look for. */
const quietTurnMs = 1

export interface ConnectionsCloser {
  /** Follows another server that listens with the same socket as well. It stops with the first. */
  readonly follow: (server: Server) => void
  /** Makes each further answer say `Connection: close`, so that clients send their next request elsewhere. */
  readonly askToLeave: () => void
  /**
   * Resolves when no server listens any more. Every earlier request gets its answer within `finishWithinMs`; then all connections are
   * closed.
   */
  readonly stopListening: () => Promise<void>
}

/** Follows the connections of servers, so that they can stop without losing a request. Call it before the first server listens. */
export function createConnectionsCloser(first: Server, finishWithinMs = finishWithinMsDefault): ConnectionsCloser {
  /** Their connections, and when each was taken. */
  const takenAtMsOf = new Map<Server, Map<Socket, number>>()

  function follow(server: Server): void {
    const takenAtMs = new Map<Socket, number>()
    takenAtMsOf.set(server, takenAtMs)
    server.on('connection', (socket: Socket) => {
      takenAtMs.set(socket, performance.now())
      socket.once('close', () => takenAtMs.delete(socket))
    })
    // Node counts a connection as idle while its last answer is still on its way to a slow client, and would cut that answer off.
    const closeIdleConnections = server.closeIdleConnections.bind(server)
    server.closeIdleConnections = () => {
      if ([...takenAtMs.keys()].every(({ writableLength }) => writableLength === 0)) closeIdleConnections()
    }
  }

  function closeUnused(): void {
    for (const [server, takenAtMs] of takenAtMsOf) {
      server.closeIdleConnections()
      // Node does not count a new connection without bytes as idle.
      for (const [socket, ms] of takenAtMs) {
        if (socket.bytesRead === 0 && performance.now() - ms > silentMsMax) socket.destroy()
      }
    }
  }

  follow(first)
  return {
    follow,
    askToLeave() {
      for (const server of takenAtMsOf.keys()) {
        server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
      }
    },
    async stopListening() {
      if (!first.listening) return
      const servers = [...takenAtMsOf.keys()]
      await allTaken(servers)
      // Node closes idle connections now, but keeps a busy one until its client leaves. The event loop reads bytes that have arrived before
      // it runs an immediate.
      const check = setInterval(() => setImmediate(closeUnused), checkEveryMs)
      // After it stops listening, Node no longer times out requests that are incomplete.
      const limit = setTimeout(() => {
        for (const server of servers) server.closeAllConnections()
      }, finishWithinMs)
      const closed = servers.map((server) => new Promise((resolve) => server.once('close', resolve)))
      void Promise.all(closed).then(() => {
        clearInterval(check)
        clearTimeout(limit)
      })
      for (const server of servers) server.close()
    },
  }
}

/**
 * Resolves after a short turn of the event loop that found no new connection. The system takes connections, with their
 * requests, before the process does, and resets those that wait when a server stops listening: do that at once after this.
 */
async function allTaken(servers: readonly SocketServer[]): Promise<void> {
  let takenCount = 0
  const taken = () => void (takenCount += 1)
  for (const server of servers) server.on('connection', taken)
  const giveUpAtMs = performance.now() + takeWithinMs
  // The present turn of the event loop may have looked for connections already.
  await nextTurn()
  let isQuiet = false
  while (!isQuiet && performance.now() < giveUpAtMs) {
    const turnBeganAtMs = performance.now()
    takenCount = 0
    await nextTurn()
    isQuiet = takenCount === 0 && performance.now() - turnBeganAtMs < quietTurnMs
  }
  for (const server of servers) server.off('connection', taken)
}
