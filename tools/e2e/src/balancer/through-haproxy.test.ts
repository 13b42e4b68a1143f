import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { problemContentType, problemOf } from '@flash-sale/contract/problem'
import { eventually } from '@flash-sale/testing/eventually'
import getPort from 'get-port'
import { expect, onTestFinished } from 'vitest'
import { startHaproxy, testThroughHaproxy, type Haproxy } from './haproxy.fixture.ts'

interface FakeApi {
  readonly server: Server
  /** Requests that are no questions about readiness, in the order in which they came. */
  readonly requests: IncomingMessage[]
  isReady: boolean
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Answers `what`, and nothing at /unanswered. */
const say =
  (what: string): Answer =>
  ({ url }, response) => {
    if (url !== '/unanswered') response.end(what)
  }

const dieOfOrders: Answer = ({ socket }) => void socket.destroy()

/** The address of the API process at this place, from 0. */
const addressOf = (at: number) => `127.0.0.${at + 2}`

async function startFakeApi(at: number, port: number, answer: Answer): Promise<FakeApi> {
  const requests: IncomingMessage[] = []
  const api: FakeApi = {
    requests,
    isReady: true,
    server: createServer((request, response) => {
      if (request.url === '/health/ready') response.writeHead(api.isReady ? 200 : 503).end()
      else {
        requests.push(request)
        answer(request, response)
      }
    }),
  }
  api.server.listen(port, addressOf(at))
  await once(api.server, 'listening')
  onTestFinished(async () => {
    api.server.closeAllConnections()
    await new Promise((resolve) => api.server.close(resolve))
  })
  return api
}

/** HAProxy in front of one API process for each answer; further addresses lead nowhere. */
async function startBehindHaproxy(answers: readonly Answer[], nowhereCount = 0) {
  const port = await getPort({ host: '127.0.0.1' })
  const apis = await Promise.all(answers.map((answer, at) => startFakeApi(at, port, answer)))
  const addresses = Array.from({ length: answers.length + nowhereCount }, (_, at) => addressOf(at))
  const haproxy = await startHaproxy(() => addresses, port)
  await sees(haproxy, apis.length)
  return { apis, haproxy, url: haproxy.url }
}

async function sees({ readyCount }: Haproxy, count: number): Promise<void> {
  await eventually(async () => (await readyCount()) === count, { what: `HAProxy to see ${count} ready` })
}

const get = async (url: string) => (await fetch(url, { headers: { connection: 'close' } })).text()

testThroughHaproxy('each request goes to the process that has the fewest', async () => {
  const { apis, url } = await startBehindHaproxy([say('first'), say('second')])
  const counts = () => apis.map(({ requests }) => requests.length)
  const sendUnanswered = async (count: number) => {
    const before = apis.flatMap(({ requests }) => requests).length
    for (let sent = 1; sent <= count; sent += 1) {
      fetch(`${url}/unanswered`).catch(() => undefined)
      await eventually(() => apis.flatMap(({ requests }) => requests).length === before + sent, { what: 'a request' })
    }
  }
  await sendUnanswered(4)
  expect(counts()).toEqual([2, 2])

  apis[1]!.server.closeAllConnections()
  await eventually(async () => (await get(`${url}/who`)) === 'second', { what: 'the second to have the fewest' })
  const [firstCount = 0, secondCount = 0] = counts()
  await sendUnanswered(2)
  expect(counts()).toEqual([firstCount, secondCount + 2])
})

testThroughHaproxy('a process that is not ready gets no request while another takes it', async () => {
  const { apis, haproxy, url } = await startBehindHaproxy([say('ready'), say('other')], 1)
  apis[1]!.isReady = false
  await sees(haproxy, 1)
  expect(await Promise.all([get(url), get(url), get(url)])).toEqual(['ready', 'ready', 'ready'])
  apis[0]!.isReady = false
  apis[0]!.server.close()
  await sees(haproxy, 0)
  expect(await get(url)).toBe('other')
})

testThroughHaproxy('a process is ready again as soon as it says so', async () => {
  const { apis, haproxy } = await startBehindHaproxy([say('there')], 1)
  for (const now of [false, true]) {
    apis[0]!.isReady = now
    await sees(haproxy, now ? 1 : 0)
  }
})

testThroughHaproxy('a connection that one process does not take goes to the next', async () => {
  const { apis, haproxy, url } = await startBehindHaproxy([say('there')], 1)
  // From here on HAProxy also tries the address that leads nowhere.
  apis[0]!.isReady = false
  await sees(haproxy, 0)
  const orders = Array.from({ length: 4 }, () => fetch(url, { method: 'POST', body: 'order' }))
  expect(await Promise.all(orders.map(async (order) => (await order).text()))).toEqual(Array(4).fill('there'))
})

testThroughHaproxy('an order that was sent is not sent again: its client sees the connection end', async () => {
  const { apis, url } = await startBehindHaproxy([dieOfOrders, dieOfOrders])
  await expect(fetch(`${url}/order`, { method: 'POST', body: 'order' })).rejects.toThrow('fetch failed')
  expect(apis.flatMap(({ requests }) => requests)).toHaveLength(1)
})

testThroughHaproxy('when no process takes the request, the answer is UNAVAILABLE, as of the API', async () => {
  const { url } = await startBehindHaproxy([], 1)
  const response = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(response.headers.get('content-type')).toBe(problemContentType)
  const detail = 'No API process is there to take the request.'
  expect(await response.json()).toEqual(problemOf('UNAVAILABLE', { detail }))
})

testThroughHaproxy('bytes that are no HTTP request are answered 400, and reach no process', async () => {
  const { apis, url } = await startBehindHaproxy([say('there')])
  expect(await sendBytes(url, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1.1 400 Bad request\r\n/)
  expect(apis[0]!.requests).toEqual([])
})

testThroughHaproxy('a client that has closed its own side gets the whole answer', async () => {
  const { url } = await startBehindHaproxy([say('there')])
  expect(await sendBytes(url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK[^]*there/)
})

testThroughHaproxy("the API is told the client's address after those that the client claims", async () => {
  const { apis, url } = await startBehindHaproxy([say('there')])
  await fetch(url, { headers: { 'x-forwarded-for': '192.0.2.1' } })
  expect(apis[0]!.requests[0]!.headers['x-forwarded-for']).toBe('192.0.2.1, 127.0.0.1')
})

/** Sends these bytes, closes its own side, and reads to the end. */
async function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).setEncoding('utf8')
  socket.end(bytes)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
