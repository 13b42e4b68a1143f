import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { pressConnections, type PressPlan } from './press-connections.ts'

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const serveHttp = (listener: RequestListener) => listen(createHttpServer(listener))

function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`
}

function plan(port: number, requests: readonly string[], more: Partial<PressPlan> = {}): PressPlan {
  return { connections: [{ port, requests }], durationMs: 5_000, answerWithinMs: 5_000, ...more }
}

test('each connection sends its requests in turns, one at a time, and stays open', async () => {
  const seen: string[] = []
  const connections = new Set<Socket>()
  let underWay = 0
  let underWayMax = 0
  const port = await serveHttp((incoming, response) => {
    seen.push(incoming.url!)
    connections.add(incoming.socket)
    underWayMax = Math.max(underWayMax, (underWay += 1))
    setImmediate(() => {
      underWay -= 1
      response.setHeader('content-length', 2).end('ok')
    })
  })
  const counts = await pressConnections(plan(port, [request('/a'), request('/b')], { lapsMax: 3 }))
  expect(seen).toEqual(['/a', '/b', '/a', '/b', '/a', '/b'])
  expect({ connections: connections.size, underWayMax }).toEqual({ connections: 1, underWayMax: 1 })
  expect(counts).toMatchObject({ answersInWindow: 6, answersByStatus: { 200: 6 }, failures: {} })
  expect(counts.windowMs).toBeLessThan(5_000)
  expect(counts.durations.reduce((sum, n) => sum + n, 0)).toBe(6)
})

test('answers are counted by status, by connection and by a header', async () => {
  const statuses: Record<string, number> = { '/ok': 202, '/again': 202, '/gone': 409 }
  const port = await serveHttp((incoming, response) => {
    if (incoming.url === '/again') response.setHeader('Idempotent-Replayed', 'true')
    response.writeHead(statuses[incoming.url!]!, { 'content-length': 0 }).end()
  })
  const requests = ['/ok', '/again', '/gone'].map(request)
  const counts = await pressConnections({
    ...plan(port, [], { lapsMax: 1, countedHeader: 'idempotent-replayed' }),
    connections: [
      { port, requests },
      { port, requests: [request('/gone')] },
    ],
  })
  expect(counts).toMatchObject({
    answersByStatus: { 202: 2, 409: 2 },
    answersByConnection: [3, 1],
    countedHeaders: 1,
    failures: {},
  })
})

test('when the time is over nothing more is sent, and what is under way is waited for', async () => {
  let servedCount = 0
  const port = await serveHttp((_, response) => {
    servedCount += 1
    setTimeout(() => response.setHeader('content-length', 0).end(), 20)
  })
  const counts = await pressConnections(plan(port, [request('/')], { durationMs: 110 }))
  expect(counts.windowMs).toBe(110)
  expect(counts.answersByStatus).toEqual({ 200: servedCount })
  expect(counts.answersInWindow).toBe(servedCount - 1)
})

test('a request whose connection is closed, or that is not answered in time, is told by its reason', async () => {
  const closing = await listen(createServer((socket) => void socket.once('data', () => socket.end())))
  const silent = await listen(createServer((socket) => void socket.resume()))
  const garbled = await listen(createServer((socket) => void socket.once('data', () => socket.write('no\r\n\r\n'))))
  const counts = await pressConnections({
    ...plan(0, [], { answerWithinMs: 2_000 }),
    connections: [closing, silent, garbled].map((port) => ({ port, requests: [request('/')] })),
  })
  expect(counts.answersByStatus).toEqual({})
  expect(counts.failures).toEqual({
    'the connection was closed': 1,
    'no answer in 2000 ms': 1,
    'an answer without Content-Length: no': 1,
  })
})

test('a server that is not there is an error', async () => {
  const gone = createServer()
  const free = await listen(gone)
  gone.close()
  await once(gone, 'close')
  await expect(pressConnections(plan(free, [request('/')]))).rejects.toThrow(`no connection to port ${free}`)
})

test('new buyers are shared out among all connections, and each comes once', async () => {
  const seen: { authorization: string | undefined; socket: Socket }[] = []
  const port = await serveHttp((incoming, response) => {
    seen.push({ authorization: incoming.headers.authorization, socket: incoming.socket })
    incoming.resume().once('end', () => response.writeHead(202, { 'content-length': 0 }).end())
  })
  const newBuyers = { jwtSecret: 'a secret of a test', name: 'new', count: 50, bodies: ['{}'] }
  const connections = Array.from({ length: 4 }, () => ({ port, requests: [] }))
  const counts = await pressConnections({ ...plan(port, [], { newBuyers }), connections })
  expect(counts).toMatchObject({ answersInWindow: 50, answersByStatus: { 202: 50 }, failures: {} })
  expect(counts.windowMs).toBeLessThan(5_000)
  expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(50)
  expect(new Set(seen.map(({ socket }) => socket)).size).toBe(4)
})
