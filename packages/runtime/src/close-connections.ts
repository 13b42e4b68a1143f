import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const checkEveryMs = 50
/** Longer than an order may take; what remains of a stop's ten seconds is for the rest of the process. */
const finishWithinMsDefault = 7_000

/**
 * Follows the connections of a server that is to stop without waiting for its clients. Call what it returns just before the
 * server closes: whoever waits for an answer gets it, for at most `finishWithinMs`, and no connection is kept beyond that.
 */
export function createConnectionsCloser(server: Server, finishWithinMs = finishWithinMsDefault): () => void {
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return () => {
    if (!server.listening) return
    // Node closes what is idle when it stops listening; a connection that was busy then would be kept until its client goes.
    const check = setInterval(() => {
      server.closeIdleConnections()
      // What has arrived on a new connection is read in the part of the event loop's turn that comes in between.
      setImmediate(closeSilent, connections)
    }, checkEveryMs)
    // Node times no request out any more that had not arrived whole when it stopped listening.
    const limit = setTimeout(() => server.closeAllConnections(), finishWithinMs)
    server.once('close', () => {
      clearInterval(check)
      clearTimeout(limit)
    })
  }
}

/** A browser opens connections ahead of need. To Node one on which nothing was sent yet is not idle but at the start of a request. */
function closeSilent(connections: Iterable<Socket>): void {
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
}
