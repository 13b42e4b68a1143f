import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger } from '@flash-sale/runtime/logger'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import type { Api } from '../api-context.ts'
import { createApp } from '../app.ts'
import { createEventStreams, type EventStream } from '../live/event-streams.ts'
import { prepareAcceptors } from './acceptors.ts'
import { connectionBacklog } from './http-server.ts'

const clientCount = 320

async function listen({ withAcceptors = true, more = (_app: Api) => {} } = {}): Promise<Api> {
  const app = createApp(createLogger({ name: 'test', level: 'silent' }))
  app.get('/', async () => 'here')
  prepareAcceptors(app, new AbortController().signal)
  more(app)
  await app.listen({ host: '127.0.0.1', port: 0, backlog: connectionBacklog })
  if (withAcceptors) await app.openAcceptors()
  onTestFinished(() => app.close())
  return app
}

/** Turns of the event loop until all clients, who come within one turn, have their answers. */
async function turnsToAnswer(app: Api): Promise<number> {
  const { port } = app.server.address() as AddressInfo
  const answered = new Set<Socket>()
  const sockets = Array.from({ length: clientCount }, () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    return socket.once('data', () => answered.add(socket))
  })
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  let turnCount = 0
  while (answered.size < clientCount) {
    await nextTurn()
    turnCount += 1
  }
  return turnCount
}

test('a crowd that comes at once is taken in far fewer turns of the event loop than it has connections', async () => {
  const app = await listen()
  expect(await turnsToAnswer(app)).toBeLessThan(clientCount / 2)
})

test('one server alone takes one connection a turn, which is why there are several', async () => {
  const app = await listen({ withAcceptors: false })
  expect(await turnsToAnswer(app)).toBeGreaterThanOrEqual(clientCount)
})

test('when an API has stopped, none of its acceptors listens', async () => {
  const app = await listen()
  const { port } = app.server.address() as AddressInfo
  await turnsToAnswer(app)
  await app.close()
  expect(await refusalOf(port)).toBe('ECONNREFUSED')
})

test('an API that stops while its acceptors are being made is not hurt, and leaves none behind', async () => {
  const app = await listen({ withAcceptors: false })
  const { port } = app.server.address() as AddressInfo
  const opening = app.openAcceptors().then(
    () => 'ended',
    () => 'ended',
  )
  await app.close()
  expect(await opening).toBe('ended')
  // Duplicates are on their way from a process that is ending.
  await eventually(async () => (await refusalOf(port)) === 'ECONNREFUSED', { what: 'nobody to listen' })
})

test('a stream whose listener takes nothing is cut off soon when the API stops, whichever server took it', async () => {
  const opened: EventStream[] = []
  const app = await listen({
    more(api) {
      const streams = createEventStreams(api, 100)
      api.get('/stream', (_request, reply) => void opened.push(streams.take(reply)!.open(reply, () => undefined)))
    },
  })
  const { port } = app.server.address() as AddressInfo
  const sockets = Array.from({ length: 64 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  for (const socket of sockets) socket.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually(() => opened.length === 64, { what: 'the streams' })
  for (const socket of sockets) socket.pause()
  opened[40]!.offer(Buffer.alloc(8_000_000, 'x'))
  const startedAtMs = performance.now()
  await app.close()
  // A connection that is not cut off is closed after seven seconds.
  expect(performance.now() - startedAtMs).toBeLessThan(6_000)
})

/** Why nobody can connect to a port; undefined: somebody listens. */
function refusalOf(port: number): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}
