import { createLogger } from '@flash-sale/runtime/logger'
import { expect, onTestFinished, test } from 'vitest'
import type { Api } from '../api-context.ts'
import { createApp } from '../app.ts'

const logged: string[] = []

async function listen(addRoutes: (app: Api) => void): Promise<string> {
  logged.length = 0
  const app = createApp(
    createLogger({ name: 'api', level: 'warn', destination: { write: (line) => logged.push(line) } }),
  )
  addRoutes(app)
  onTestFinished(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

test('a fault of ours is logged, also in a route of an inner app', async () => {
  const url = await listen((app) => {
    void app.register(async (inner: Api) => {
      inner.get('/faulty', () => {
        throw new Error('a fault of this test')
      })
    })
  })
  expect((await fetch(`${url}/faulty`)).status).toBe(500)
  expect(logged.join('')).toContain('a request met a fault of ours')
  expect(logged.join('')).toContain('a fault of this test')
})

test('what Fastify itself says of a route is logged', async () => {
  const url = await listen((app) => {
    app.get('/twice', (_request, reply) => {
      void reply.send('one')
      void reply.send('two')
    })
    app.get('/app', (_request, reply) => {
      app.log.warn('a line of the app')
      void reply.send('one')
    })
  })
  await fetch(`${url}/twice`)
  await fetch(`${url}/app`)
  expect(logged.join('')).toContain('FST_ERR_REP_ALREADY_SENT')
  expect(logged.join('')).toContain('a line of the app')
})

test('no request pays for the watch of its answer, since none is logged', async () => {
  let listenerCount: number | undefined
  const url = await listen((app) => {
    app.get('/watched', (_request, reply) => {
      listenerCount = reply.raw.listenerCount('error')
      void reply.send('one')
    })
  })
  await fetch(`${url}/watched`)
  expect(listenerCount).toBe(0)
})
