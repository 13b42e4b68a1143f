import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectionBacklog, createHttpServer } from './http-server.ts'

const established = '01'

/** Connections to a port of 127.0.0.1 that the system has made, whether or not a process has taken them. */
function countEstablished(port: number): number {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = readFileSync('/proc/self/net/tcp', 'utf8').split('\n')
  return lines.filter((line) => {
    const [, , to, state] = line.trim().split(/\s+/)
    return to === remote && state === established
  }).length
}

const isLinux = process.platform === 'linux'
if (!isLinux) console.info('the backlog of connections is looked at on Linux alone')

test.runIf(isLinux)('a thousand buyers who come while the process is busy are all connected at once', async () => {
  const server = createHttpServer((_request, response) => response.end())
  server.listen({ port: 0, host: '127.0.0.1', backlog: connectionBacklog })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // All within one turn of the event loop, so the server takes none of them meanwhile. Node connects at the next tick.
  const sockets = Array.from({ length: 1_000 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => process.nextTick(resolve))
  expect(countEstablished(port)).toBeGreaterThanOrEqual(1_000)
})
