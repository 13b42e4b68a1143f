import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '../http/http-server.ts'
import { writeProblem } from '../problems/send-problem.ts'

export interface StartingServer {
  readonly port: number
  /** Resolves when the port is free for the API itself. */
  close(): Promise<void>
}

/** Answers in place of an API that waits for its stores: it is live, and everything else is not available. Rejects if it cannot listen. */
export async function listenWhileStarting(
  address: { readonly port: number; readonly host: string },
  reason: () => string,
): Promise<StartingServer> {
  const server = createHttpServer((request, response) => {
    response.setHeader('connection', 'close')
    if (request.url?.split('?')[0] === '/health/live') {
      response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify({ status: 'live' }))
    } else writeProblem(response, 'UNAVAILABLE', { detail: reason() })
  })
  server.listen(address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
