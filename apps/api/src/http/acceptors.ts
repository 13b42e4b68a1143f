import { createConnectionsCloser } from '@flash-sale/runtime/close-connections'
import { duplicateListener } from '@flash-sale/runtime/duplicate-listener'
import type { Api } from '../api-context.ts'
import { connectionBacklog, createHttpServer } from './http-server.ts'

/**
 * Servers that take connections in one turn of the event loop. Node takes one connection a turn and server, and a turn is long when
 * thousands of buyers order: those who come at the same moment would wait for seconds before anything of theirs is read.
 */
const acceptorCount = 32

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Opens further servers on the port of an API that listens. They answer as it does, and stop with it. Rejects if there can be none; the
     * API then takes one connection a turn.
     */
    readonly openAcceptors: () => Promise<void>
  }
}

/** Lets an API listen with several servers, and lets all of them finish what they took when it stops. Call it before the API listens. */
export function prepareAcceptors(app: Api, stopping: AbortSignal): void {
  const connections = createConnectionsCloser(app.server)
  const closed: Promise<unknown>[] = []
  let isClosing = false
  stopping.addEventListener('abort', connections.askToLeave)
  app.addHook('preClose', async () => {
    isClosing = true
    await connections.stopListening()
  })
  app.addHook('onClose', async () => void (await Promise.all(closed)))

  app.decorate('openAcceptors', async () => {
    const handles = await duplicateListener(app.server, acceptorCount - 1)
    for (const handle of handles) {
      if (isClosing || stopping.aborted) handle.close()
      else listen(handle)
    }
  })

  function listen(handle: object): void {
    const server = createHttpServer((request, response) => app.routing(request, response))
    server.on('clientError', (error, socket) => void app.server.emit('clientError', error, socket))
    server.on('error', (error) => app.log.warn({ err: error }, 'an acceptor failed; the others go on'))
    connections.follow(server)
    closed.push(new Promise((resolve) => server.once('close', resolve)))
    server.listen(handle, connectionBacklog)
  }
}
