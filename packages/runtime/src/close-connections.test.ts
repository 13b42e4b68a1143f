import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createConnectionsCloser } from './close-connections.ts'

async function listen(answer: RequestListener = (_request, response) => void response.end('done'), graceMs = 10_000) {
  const server = createServer(answer)
  const closeConnections = createConnectionsCloser(server, graceMs)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  const stop = async () => {
    closeConnections()
    const beganAtMs = performance.now()
    await new Promise((resolve) => server.close(resolve))
    return performance.now() - beganAtMs
  }
  return { server, stop }
}

/** A connection that the server has taken, and all that it hears on it. */
async function open(server: Server, text = ''): Promise<{ socket: Socket; heard: () => string }> {
  const taken = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let heard = ''
  socket.on('data', (piece) => (heard += piece.toString()))
  socket.on('error', () => undefined)
  if (text !== '') socket.write(text)
  await taken
  return { socket, heard: () => heard }
}

const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

test('a connection on which nothing was ever sent does not hold a stop up', async () => {
  const { server, stop } = await listen()
  await open(server)
  expect(await stop()).toBeLessThan(9_000)
})

test('a request that is under way gets its answer, and its connection ends with it', async () => {
  const { server, stop } = await listen((_request, response) => void setTimeout(() => response.end('done'), 200))
  const arrived = once(server, 'request')
  const { socket, heard } = await open(server, request)
  const closed = once(socket, 'close')
  await arrived
  expect(await stop()).toBeLessThan(9_000)
  await closed
  expect(heard()).toMatch(/^HTTP\/1\.1 200 /)
})

test('a request that had arrived before a busy server stopped is still read and answered', async () => {
  const { server, stop } = await listen((_request, response) => void response.end('done'))
  let stopped: Promise<number> | undefined
  server.once('connection', () => {
    stopped = stop()
    const busyUntilMs = performance.now() + 150
    while (performance.now() < busyUntilMs);
  })
  const { socket, heard } = await open(server, request)
  await once(socket, 'close')
  await stopped
  expect(heard()).toMatch(/^HTTP\/1\.1 200 /)
})

test('a request that stays half sent is given up in time', async () => {
  const { server, stop } = await listen(undefined, 1_000)
  const { socket, heard } = await open(server, 'GET / HTTP/1.1\r\nHost:')
  const closed = once(socket, 'close')
  const tookMs = await stop()
  await closed
  expect(tookMs).toBeGreaterThan(900)
  expect(tookMs).toBeLessThan(10_000)
  expect(heard()).toBe('')
})
