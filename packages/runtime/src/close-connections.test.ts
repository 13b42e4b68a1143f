import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import { createConnectionsCloser } from './close-connections.ts'

async function listen(answer: RequestListener = (_request, response) => void response.end('done'), graceMs = 10_000) {
  const server = createServer(answer)
  const connections = createConnectionsCloser(server, graceMs)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  const stop = async () => {
    const closed = once(server, 'close')
    const beganAtMs = performance.now()
    await connections.stopListening()
    await closed
    return performance.now() - beganAtMs
  }
  return { server, connections, stop }
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

test('requests on connections that the server has not taken yet are answered, however many', async () => {
  const { server, stop } = await listen()
  const { port } = server.address() as AddressInfo
  const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1').setEncoding('utf8'))
  const answers = sockets.map(async (socket) => {
    socket.write(request)
    let answer = ''
    for await (const piece of socket) answer += piece
    return answer
  })
  // The system has taken all of them, the server not even half.
  await nextTurn()
  await stop()
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

test('a slow client gets the whole of an answer that was ended before the server stopped', async () => {
  const body = Buffer.alloc(20_000_000, 'x')
  const { server, stop } = await listen((_request, response) => {
    response.setHeader('Content-Length', body.length).end(body)
    void stop()
  })
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  await once(server, 'request')
  let byteCount = 0
  for await (const piece of socket as AsyncIterable<Buffer>) {
    byteCount += piece.length
    if (piece.length === byteCount) await sleep(200)
  }
  expect(byteCount).toBeGreaterThan(body.length)
})

test('once clients are asked to leave, each answer ends its connection and says so', async () => {
  const { server, connections, stop } = await listen()
  const { socket, heard } = await open(server, request)
  await eventually(() => heard().endsWith('done'), { what: 'the first answer' })
  expect(heard()).toContain('Connection: keep-alive')
  connections.askToLeave()
  socket.write(request)
  await once(socket, 'close')
  expect(heard()).toContain('Connection: close')
  expect(server.listening).toBe(true)
  await stop()
})

test('clients that open connections without end do not keep a server from stopping', async () => {
  const { server, stop } = await listen()
  const { port } = server.address() as AddressInfo
  let isOpen = true
  const knock = () => {
    if (isOpen)
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .once('connect', knock)
  }
  for (let count = 0; count < 4; count += 1) knock()
  await once(server, 'connection')
  expect(await stop()).toBeLessThan(5_000)
  isOpen = false
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
