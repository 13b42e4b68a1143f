import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger } from '@flash-sale/runtime/logger'
import { expect, onTestFinished, test } from 'vitest'
import type { Api } from '../api-context.ts'
import { createApp } from '../app.ts'
import { createAcceptors } from './acceptors.ts'
import { connectionBacklog } from './http-server.ts'

const clientCount = 320

async function listen({ withAcceptors }: { readonly withAcceptors: boolean }): Promise<Api> {
  const app = createApp(createLogger({ name: 'test', level: 'silent' }))
  app.get('/', async () => 'here')
  const acceptors = createAcceptors(app, new AbortController().signal)
  await app.listen({ host: '127.0.0.1', port: 0, backlog: connectionBacklog })
  if (withAcceptors) await acceptors.open()
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
  const app = await listen({ withAcceptors: true })
  expect(await turnsToAnswer(app)).toBeLessThan(clientCount / 2)
})

test('one server alone takes one connection a turn, which is why there are several', async () => {
  const app = await listen({ withAcceptors: false })
  expect(await turnsToAnswer(app)).toBeGreaterThanOrEqual(clientCount)
})

test('when an API has stopped, none of its acceptors listens', async () => {
  const app = await listen({ withAcceptors: true })
  const { port } = app.server.address() as AddressInfo
  await turnsToAnswer(app)
  await app.close()
  const late = connect(port, '127.0.0.1')
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
})
