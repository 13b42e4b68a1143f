import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import { connect, type Server } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createBalancer } from './balance-connections.ts'
import { createFindApis, type ApiAddress } from './find-apis.ts'
import { watchReadiness } from './watch-readiness.ts'

const host = '127.0.0.1'
/** Nothing listens there. */
const nobody: ApiAddress = { host, port: 1 }

const closes: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closes.splice(0)) await close()
})

describe('the balancer', () => {
  it('gives each connection to the process that has the fewest', async () => {
    const [first, second] = [await startApi('first'), await startApi('second')]
    const { url, balancer } = await startBalancer([first.address, second.address])
    const takenBy: HttpServer[] = []
    for (const { server } of [first, second]) server.on('request', () => takenBy.push(server))
    const sendUnanswered = async () => {
      const count = takenBy.length
      fetch(`${url}/unanswered`).catch(() => undefined)
      await vi.waitUntil(() => takenBy.length > count)
    }
    for (let sent = 0; sent < 4; sent += 1) await sendUnanswered()
    expect(takenBy.filter((server) => server === second.server)).toHaveLength(2)

    second.server.closeAllConnections()
    await vi.waitUntil(async () => (await connectionCount(balancer)) === 2)
    await sendUnanswered()
    await sendUnanswered()
    expect(takenBy.slice(4).map((server) => server === second.server)).toEqual([true, true])
  })

  it('gives a process that is not ready no connection while another takes it', async () => {
    const [ready, other] = [await startApi('ready'), await startApi('other')]
    const { url } = await startBalancer(
      [other.address, nobody, ready.address],
      ({ port }) => port === ready.address.port,
    )
    expect(await Promise.all([get(url), get(url), get(url)])).toEqual(['ready', 'ready', 'ready'])
    ready.server.close()
    expect(await get(url)).toBe('other')
  })

  it('goes on to the next process when one does not take the connection', async () => {
    const api = await startApi('there')
    const { url } = await startBalancer([nobody, api.address])
    expect(await get(url)).toBe('there')
  })

  it('answers 503 with Retry-After, as the API would, when no process takes the connection', async () => {
    const { url } = await startBalancer([nobody])
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'UNAVAILABLE', status: 503 })
  })

  it('gives a client that has closed its own side the whole answer', async () => {
    const api = await startApi('there')
    const { url } = await startBalancer([api.address])
    const socket = connect({ host, port: Number(new URL(url).port), allowHalfOpen: true }).setEncoding('utf8')
    socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1.1 200 OK[^]*there/)
  })

  it('ends the connection of a client whose API process dies', async () => {
    const api = await startApi('there')
    const { url } = await startBalancer([api.address])
    const failure = expect(fetch(`${url}/unanswered`)).rejects.toThrow('fetch failed')
    await once(api.server, 'request')
    api.server.closeAllConnections()
    await failure
  })
})

describe('watching readiness', () => {
  it('follows what each process says, and one that says nothing is not ready', async () => {
    const api = await startApi('', ({ url }) => (url === '/health/ready' && isReady ? 200 : 503))
    let isReady = false
    const readiness = watchReadiness(() => Promise.resolve([api.address, nobody]))
    closes.push(async () => readiness.stop())
    for (const now of [true, false]) {
      isReady = now
      await vi.waitUntil(() => readiness.isReady(api.address) === now, { timeout: 5_000 })
      expect(readiness.isReady(nobody)).toBe(false)
    }
  })
})

describe('finding API processes', () => {
  it('finds every address of a name', async () => {
    expect(await createFindApis('127.0.0.1', 3000)()).toEqual([{ host: '127.0.0.1', port: 3000 }])
  })

  it('finds none where the name leads nowhere', async () => {
    expect(await createFindApis('no-such-host.invalid', 3000)()).toEqual([])
  })
})

async function startApi(
  body: string,
  statusOf: (request: IncomingMessage) => number = () => 200,
): Promise<{ address: ApiAddress; server: HttpServer }> {
  const server = createHttpServer((request, response) => {
    if (request.url === '/unanswered') return
    response.statusCode = statusOf(request)
    response.setHeader('connection', 'close').end(body)
  })
  const port = await listen(server)
  closes.unshift(async () => {
    server.closeAllConnections()
    await closed(server)
  })
  return { address: { host, port }, server }
}

async function startBalancer(
  apis: readonly ApiAddress[],
  isReady: (api: ApiAddress) => boolean = () => true,
): Promise<{ url: string; balancer: Server }> {
  const balancer = createBalancer({ findApis: () => Promise.resolve(apis), isReady, logger: { warn: vi.fn() } })
  const port = await listen(balancer)
  closes.push(() => closed(balancer))
  return { url: `http://${host}:${port}`, balancer }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address.port
}

function connectionCount(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

async function get(url: string): Promise<string> {
  return (await fetch(url)).text()
}
