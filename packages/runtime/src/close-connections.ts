import type { Server } from 'node:http'
import type { Server as SocketServer, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

const checkEveryMs = 50
/** Longer than an order may take; what remains of a stop's ten seconds is for the rest of the process. */
const finishWithinMsDefault = 7_000
/** A request follows its connection at once; a browser also opens connections ahead of need. */
const silentMsMax = 300
/** Clients that open connections without end must not keep a server from stopping. */
const takeWithinMs = 1_000
/** During a longer turn, which answers requests, connections may come that it did not look for. */
const quietTurnMs = 1

export interface ConnectionsCloser {
  /** From now on each answer says `Connection: close`, so that clients send their next request elsewhere. */
  readonly askToLeave: () => void
  /**
   * Resolves when the server listens no more. Every request that was sent before gets its answer, for at most
   * `finishWithinMs`; no connection is kept beyond that.
   */
  readonly stopListening: () => Promise<void>
}

/** Follows the connections of a server, which is not listening yet, to stop it without losing a request. */
export function createConnectionsCloser(server: Server, finishWithinMs = finishWithinMsDefault): ConnectionsCloser {
  const takenAtMs = new Map<Socket, number>()
  server.on('connection', (socket: Socket) => {
    takenAtMs.set(socket, performance.now())
    socket.once('close', () => takenAtMs.delete(socket))
  })

  // Node counts a connection as idle whose answer is ended but still on its way to a slow client, and would cut it off.
  const closeIdleConnections = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    if ([...takenAtMs.keys()].every(({ writableLength }) => writableLength === 0)) closeIdleConnections()
  }

  function closeUnused(): void {
    server.closeIdleConnections()
    // To Node a connection on which nothing was sent yet is not idle but at the start of a request.
    for (const [socket, ms] of takenAtMs) {
      if (socket.bytesRead === 0 && performance.now() - ms > silentMsMax) socket.destroy()
    }
  }

  return {
    askToLeave: () =>
      void server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close')),
    async stopListening() {
      if (!server.listening) return
      await allTaken(server)
      // Node closes what is idle now; a connection that is busy would be kept until its client goes. What has arrived on a
      // connection is read in the part of the event loop's turn that comes before an immediate.
      const check = setInterval(() => setImmediate(closeUnused), checkEveryMs)
      // Node times no request out any more that had not arrived whole when it stopped listening.
      const limit = setTimeout(() => server.closeAllConnections(), finishWithinMs)
      server.once('close', () => {
        clearInterval(check)
        clearTimeout(limit)
      })
      server.close()
    },
  }
}

/**
 * Resolves after a short turn of the event loop that found no new connection. The system takes connections, with their
 * requests, before the process does, and resets those that wait when a server stops listening: do that at once after this.
 */
async function allTaken(server: SocketServer): Promise<void> {
  let takenCount = 0
  const taken = () => void (takenCount += 1)
  server.on('connection', taken)
  const giveUpAtMs = performance.now() + takeWithinMs
  // The turn under way may have looked before this.
  await nextTurn()
  let isQuiet = false
  while (!isQuiet && performance.now() < giveUpAtMs) {
    const turnBeganAtMs = performance.now()
    takenCount = 0
    await nextTurn()
    isQuiet = takenCount === 0 && performance.now() - turnBeganAtMs < quietTurnMs
  }
  server.off('connection', taken)
}
