import { once } from 'node:events'
import type { Server } from 'node:http'
import { createConnectionsCloser, type ConnectionsCloser } from '@flash-sale/runtime/close-connections'
import { duplicateListener } from '@flash-sale/runtime/duplicate-listener'
import type { Api } from '../api-context.ts'
import { connectionBacklog, createHttpServer } from './http-server.ts'

/**
 * Servers that take connections in one turn of the event loop. Node takes one connection a turn and server, and a turn is long when
 * thousands of buyers order: those who come at the same moment would wait for seconds before anything of theirs is read.
 */
const acceptorCount = 32

export interface Acceptors {
  /** Call it when the API listens. Rejects if no further acceptor can be made; the API then takes connections slowly, but serves them. */
  readonly open: () => Promise<void>
}

/** Further servers on the port of an API that answer as it does and stop with it. Call it before the API listens. */
export function createAcceptors(app: Api, stopping: AbortSignal): Acceptors {
  const opened: {
    readonly server: Server
    readonly connections: ConnectionsCloser
    readonly closed: Promise<unknown>
  }[] = []
  stopping.addEventListener('abort', () => opened.forEach(({ connections }) => connections.askToLeave()))
  app.addHook('preClose', async () => {
    await Promise.all(opened.map(({ connections }) => connections.stopListening()))
  })
  app.addHook('onClose', async () => {
    await Promise.all(opened.map(({ closed }) => closed))
  })
  return {
    async open() {
      for (const handle of await duplicateListener(app.server, acceptorCount - 1)) {
        const server = createHttpServer((request, response) => app.routing(request, response))
        server.on('clientError', (error, socket) => void app.server.emit('clientError', error, socket))
        opened.push({ server, connections: createConnectionsCloser(server), closed: once(server, 'close') })
        server.listen(handle, connectionBacklog)
      }
    },
  }
}
