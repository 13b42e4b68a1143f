import { createServer, type AddressInfo } from 'node:net'
import { startApp } from '@flash-sale/local-stack/apps/start-app'
import { useCompiledApps } from '@flash-sale/testing/compiled-apps'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { slow } from '@flash-sale/testing/start-service'
import { testEnv } from '@flash-sale/testing/start-test-process'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { beforeAll, expect, onTestFinished, test } from 'vitest'

beforeAll(useCompiledApps, 200_000)

/** A process whose stores are away when it is started. */
async function startWithoutStores(name: 'api' | 'worker') {
  const stores = await startTestStores()
  const redis = await startFaultProxy(stores.redis.port)
  const postgresPort = Number(new URL(stores.database.url).port)
  const postgres = await startFaultProxy(postgresPort)
  redis.refuse()
  postgres.refuse()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const lines: string[] = []
  const stopping = new AbortController()
  const started = startApp({
    name,
    env: {
      ...testEnv(stores),
      PORT: String(port),
      LOG_LEVEL: 'info',
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      DATABASE_URL: stores.database.url.replace(`:${postgresPort}/`, `:${postgres.port}/`),
    },
    onLine: (line) => void lines.push(line),
    readyWithinMs: 60_000,
    signal: stopping.signal,
  })
  started.catch(() => undefined)
  onTestFinished(async () => {
    stopping.abort()
    await started.then(
      (app) => app.stop(),
      () => undefined,
    )
    await Promise.all([redis.close(), postgres.close()])
    await stores.stop()
  })
  const ask = async (path: string) => {
    const response = await fetch(url + path)
    return { status: response.status, text: await response.text() }
  }
  const logged = () => lines.map((line) => JSON.parse(line) as { msg: string; reason?: string })
  const messages = () => logged().map(({ msg }) => msg)
  const waitsFor = (store: string) =>
    eventually(
      async () => {
        expect(messages()).toContain(`waiting for ${store}`)
        expect(await ask('/health/ready')).toEqual({
          status: 503,
          text: expect.stringContaining(`This process is starting: it waits for ${store}.`),
        })
      },
      { what: `it to wait for ${store}`, timeoutMs: 30_000 },
    )
  return { redis, postgres, started, stopping, ask, waitsFor, logged, messages }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.each(['api', 'worker'] as const)(
  'a %s that is started before its stores is live and not ready, says once for what it waits, and is at work when they are there',
  slow,
  async (name) => {
    const { redis, postgres, started, ask, waitsFor, logged, messages } = await startWithoutStores(name)
    await waitsFor('Redis')
    expect(await ask('/health/live')).toEqual({ status: 200, text: '{"status":"live"}' })
    if (name === 'api') expect((await ask('/v1/sales')).status).toBe(503)
    redis.accept()
    await waitsFor('Postgres')
    expect((await ask('/health/live')).status).toBe(200)
    postgres.accept()
    await started
    await eventually(async () => expect((await ask('/health/ready')).status).toBe(200), { what: 'it to be ready' })
    const told = logged().filter(({ msg }) => /^waiting for|is there$/.test(msg))
    // A refusing proxy breaks a connection in more than one way: each is told once.
    expect(new Set(told.map(({ msg, reason }) => `${msg}: ${reason}`)).size).toBe(told.length)
    const steps = [...new Set(told.map(({ msg }) => msg))]
    expect(steps).toEqual(['waiting for Redis', 'Redis is there', 'waiting for Postgres', 'Postgres is there'])
    expect(messages().filter((message) => /connect(?:ed|ion)/.test(message))).toEqual([])
  },
)

test.each(['api', 'worker'] as const)('a %s that is told to stop while it waits ends with 0', slow, async (name) => {
  const { started, stopping, waitsFor, messages } = await startWithoutStores(name)
  await waitsFor('Redis')
  stopping.abort()
  await expect(started).rejects.toThrow(`The ${name} did not start: it ended with exit code 0`)
  expect(messages().at(-1)).toBe('closed')
})
