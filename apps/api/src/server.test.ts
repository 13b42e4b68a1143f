import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@flash-sale/contract/client'
import type { HealthReady } from '@flash-sale/contract/health'
import { openSale } from '@flash-sale/kit/open-sale'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'

const stores = withTestStores()

type Env = Record<string, string | undefined>

/** What an API says that must not start; all of it, line by line. */
async function refusalOf(env: Env): Promise<string[]> {
  const failure = await startTestProcess('api', stores, { env }).then(
    async (app) => {
      await app.stop()
      return 'it started'
    },
    (error: Error) => error.message,
  )
  const [how, ...lines] = failure.split('\n')
  expect(how).toBe('The api did not start: it ended with exit code 1')
  return lines
}

/** What a process says that is ready: on a busy machine its stores may take longer than it waits for them. */
async function readinessOf({ url }: App): Promise<HealthReady> {
  const ask = async () => {
    const response = await fetch(`${url}/health/ready`)
    return response.ok && ((await response.json()) as HealthReady)
  }
  return (await eventually(ask, { what: 'it to be ready' })) as HealthReady
}

test.concurrent('a missing variable is one clear line', async () => {
  expect(await refusalOf({ JWT_SECRET: undefined })).toEqual([
    expect.stringMatching(/^JWT_SECRET is missing: it is .+, for example JWT_SECRET=/),
  ])
})

const wrong = {
  PORT: 'http',
  REDIS_URL: 'localhost:6379/secret',
  DATABASE_URL: 'mysql://user:secret@host/db',
  JWT_SECRET: 'too short a secret',
  OPS_KEY: '',
  DEV_TOKENS: 'yes',
  RESERVE_STRATEGY: 'hope',
  LOG_LEVEL: 'loud',
}

test.concurrent('each wrong or missing variable has its line, and no secret is shown', async () => {
  const lines = await refusalOf(wrong)
  expect(lines.map((line) => line.split(' ')[0]).toSorted()).toEqual(Object.keys(wrong).toSorted())
  expect(lines.join('\n')).not.toMatch(/secret@|too short|\/secret/)
  expect(lines.find((line) => line.startsWith('RESERVE_STRATEGY'))).toMatch('must be one of gate, lease')
})

test.concurrent('the pages are those of PAGES_FOLDER', async ({ onTestFinished }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(path.join(folder, 'index.html'), 'the page')
  const app = await startTestProcess('api', stores, { env: { PAGES_FOLDER: folder } })
  expect(await (await fetch(`${app.url}/ops`)).text()).toBe('the page')
  await app.stop()
})

test.concurrent('a port that is taken is one clear line', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const { port } = other.address() as AddressInfo
  const lines = await refusalOf({ PORT: String(port) })
  expect(lines).toEqual([
    `Could not start: 127.0.0.1:${port} is in use by another process; stop that one or set PORT to another port`,
  ])
  other.close()
})

test.concurrent('a password that Postgres refuses is one clear line, without the password', async () => {
  const url = new URL(stores.database.url)
  url.username = 'nobody'
  url.password = 'secret'
  expect(await refusalOf({ DATABASE_URL: url.href })).toEqual([
    expect.stringMatching(/^Postgres cannot be used: .*"nobody".*; correct the user or the password in DATABASE_URL$/),
  ])
})

test.concurrent('a database that was not migrated is one clear line that says what to do', async () => {
  const url = new URL(stores.database.url)
  url.pathname = '/postgres'
  expect(await refusalOf({ DATABASE_URL: url.href })).toEqual([
    expect.stringMatching(/^The database is not up to date \(\w+\); run `pnpm migrate` on it$/),
  ])
})

test('a Redis that may evict orders or forget them is refused in one clear line, and used only when told to', async ({
  onTestFinished,
}) => {
  const { server, redis, close } = await connectTestRedis()
  const env = { REDIS_URL: server.url }
  await redis.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru')
  expect(await refusalOf(env)).toEqual([
    expect.stringMatching(/^This Redis is not safe to sell from: .*noeviction.*REDIS_ALLOW_UNSAFE=true/),
  ])
  await redis.config('SET', 'maxmemory', '0', 'appendonly', 'no')
  const [lines, allowed] = await Promise.all([
    refusalOf(env),
    startTestProcess('api', stores, { env: { ...env, REDIS_ALLOW_UNSAFE: 'true' } }),
  ])
  expect(lines).toEqual([
    expect.stringMatching(/^This Redis is not safe to sell from: .*appendonly yes.*REDIS_ALLOW_UNSAFE=true/),
  ])
  onTestFinished(async () => {
    await allowed.stop()
    await close()
  })
  expect(await readinessOf(allowed)).toMatchObject({ status: 'ready', acknowledgementLevel: 'none' })
})

test('an API that starts says what an accepted order survives, and ends with 0 when it is told to', async () => {
  const lines: string[] = []
  const onLine = (line: string) => void lines.push(line)
  const app = await startTestProcess('api', stores, { env: { LOG_LEVEL: 'info' }, onLine })
  expect((await readinessOf(app)).acknowledgementLevel).toBe('fsync')
  app.kill('SIGTERM')
  expect(await app.exited).toEqual({ code: 0, signal: null })
  expect(lines.filter((line) => line.includes('acknowledges at'))).toHaveLength(1)
  // What a person should read is in the log; nothing else is said beside it.
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([])
})

test('an order under way when the process is told to stop gets its answer', async () => {
  const network = await startFaultProxy(stores.redis.port)
  const app = await startTestProcess('api', stores, { env: { REDIS_URL: `redis://127.0.0.1:${network.port}` } })
  await readinessOf(app)
  const operator = createClient({ baseUrl: app.url, opsKey: testOpsKey })
  const { item } = await openSale(operator, { name: 'Drop', items: [{ total: 10, purchaseLimit: 2 }] })
  const { itemId } = item
  const held = network.holdRepliesFrom((bytes) => bytes.includes('{item:') && bytes.includes('sell'))
  const order = createClient({ baseUrl: app.url, token: buyerToken('ann') }).placeOrder({ itemId, quantity: 1 })
  await held
  app.kill('SIGTERM')
  // It has begun to stop when it takes no new connection any more.
  await eventually(async () => (await fetch(`${app.url}/health/live`).catch(() => 'refused')) === 'refused', {
    what: 'it to stop listening',
  })
  network.passAll()
  expect(await order).toMatchObject({ ok: true, status: 202 })
  expect(await app.exited).toEqual({ code: 0, signal: null })
  await network.close()
})

test.each(['api', 'worker'] as const)('a connection that says nothing keeps no %s from stopping', async (name) => {
  const app = await startTestProcess(name, stores)
  const { port, hostname } = new URL(app.url)
  const silent = connect(Number(port), hostname)
  await once(silent, 'connect')
  // Answered on a later connection, so the server has taken the silent one.
  expect((await fetch(`${app.url}/health/live`)).status).toBe(200)
  const beganAtMs = performance.now()
  app.kill('SIGTERM')
  expect(await app.exited).toEqual({ code: 0, signal: null })
  // An API that waits for the connection cuts it off after seven seconds.
  expect(performance.now() - beganAtMs).toBeLessThan(6_500)
  silent.destroy()
})
