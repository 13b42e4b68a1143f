import { startTestRedis } from '@flash-sale/testing/test-redis'
import type { Redis } from 'ioredis'
import { test as plainTest, vi } from 'vitest'
import { readLuaScript, runLuaScript } from './lua-script.ts'
import {
  closeRedis,
  connectRedis,
  RedisUnreachableError,
  whenReady,
  type ConnectRedisOptions,
  type RedisRole,
  type RedisState,
} from './redis.ts'

/** No more than the end of what hangs. */
const soon = { timeout: 20_000 }

const test = plainTest
  .extend('states', (): RedisState[] => [])
  .extend('logged', (): string[] => [])
  /** A Redis of the test's own that can be taken away and given back. */
  .extend('server', async ({ onTestFinished }) => {
    let running = await startTestRedis()
    const { url, port, dataDir } = running
    onTestFinished(() => {
      running.kill('SIGCONT')
      return running.stop()
    })
    return {
      url,
      kill: async () => {
        running.kill('SIGKILL')
        await running.exited
      },
      restart: async () => {
        running = await startTestRedis({ port, dataDir })
      },
      freeze: () => running.kill('SIGSTOP'),
      thaw: () => running.kill('SIGCONT'),
    }
  })
  /** Opens a connection; `states` and `logged` note what becomes of it. */
  .extend('connect', ({ server, states, logged }, { onCleanup }) => {
    const open: Redis[] = []
    onCleanup(async () => void (await Promise.all(open.map((redis) => closeRedis(redis, 100)))))
    const note =
      (level: string) =>
      (...parts: unknown[]) =>
        void logged.push(`${level}: ${String(parts.at(-1))}`)
    return (role: RedisRole, options: Pick<ConnectRedisOptions, 'silence'> = {}): Redis => {
      const redis = connectRedis({
        url: server.url,
        role,
        logger: { info: note('info'), warn: note('warn') },
        onStateChange: (state) => void states.push(state),
        ...options,
      })
      open.push(redis)
      return redis
    }
  })

/** Sets each field once, however often it runs, and keeps Redis busy meanwhile. */
const writeOnce = {
  ...readLuaScript('write-once', 1, new URL('./redis.test.ts', import.meta.url)),
  lua: `
    for i = 1, tonumber(ARGV[2]) do redis.call('ECHO', i) end
    return redis.call('HSET', KEYS[1], ARGV[1], 1)`,
}
/** Long enough to be killed in, far shorter than a socket may be silent. */
const slowSteps = 300_000

test.concurrent('a script in flight when Redis is killed runs again and settles once Redis is back', async ({
  server,
  connect,
  expect,
}) => {
  const redis = connect('scripts')
  await runLuaScript(redis, writeOnce, ['done'], ['before', 0])
  const inFlight = runLuaScript(redis, writeOnce, ['done'], ['in flight', slowSteps])
  await vi.waitUntil(() => redis.commandQueue.length > 0, soon)
  await server.kill()
  await vi.waitUntil(() => redis.status === 'reconnecting', soon)
  const duringTheOutage = runLuaScript(redis, writeOnce, ['done'], ['during the outage', 0])
  await server.restart()
  expect(await inFlight).toBe(1)
  expect(await duringTheOutage).toBe(1)
  expect((await redis.hkeys('done')).toSorted()).toEqual(['before', 'during the outage', 'in flight'])
})

test.concurrent('a Redis that froze is noticed within seconds, and what was in flight settles once it thaws', async ({
  server,
  connect,
  states,
  expect,
}) => {
  const redis = connect('scripts')
  await whenReady(redis, 20_000)
  server.freeze()
  const inFlight = runLuaScript(redis, writeOnce, ['done'], ['in flight', 0])
  await vi.waitUntil(() => states.includes('lost'), soon)
  server.thaw()
  // 1 if only the second sending ran, 0 if Redis found the first one in its socket when it thawed: once either way.
  expect([0, 1]).toContain(await inFlight)
  expect(await redis.hlen('done')).toBe(1)
  expect(states).toEqual(['ready', 'lost', 'ready'])
})

test.concurrent.for<RedisRole>(['scripts', 'subscriber'])(
  'a %s connection without traffic notices that Redis froze, and stays up while Redis is well',
  async (role, { server, connect, states, expect }) => {
    const redis = connect(role, { silence: { giveUpAfterMs: 3_000, askEveryMs: 500 } })
    const signOfLife = vi.spyOn(redis, 'ping')
    if (role === 'subscriber') await redis.subscribe('news')
    await whenReady(redis, 20_000)
    // Eight take longer than a socket may be silent: silence alone must not end a connection.
    await vi.waitUntil(() => signOfLife.mock.calls.length >= 8, soon)
    expect(states).toEqual(['ready'])
    server.freeze()
    await vi.waitUntil(() => states.includes('lost'), soon)
    server.thaw()
    await vi.waitUntil(() => states.length === 3, soon)
    expect(states).toEqual(['ready', 'lost', 'ready'])
  },
)

test.concurrent('a subscriber hears again after Redis was killed and came back', async ({
  server,
  connect,
  expect,
}) => {
  const heard: string[] = []
  const subscriber = connect('subscriber')
  subscriber.on('message', (_channel, message) => void heard.push(message))
  await subscriber.subscribe('news')
  await server.kill()
  await server.restart()
  const publisher = connect('scripts')
  await vi.waitUntil(async () => (await publisher.publish('news', 'hello')) === 1, soon)
  await vi.waitUntil(() => heard.length > 0, soon)
  expect(heard[0]).toBe('hello')
})

test.concurrent('a worker may wait in a blocking command for longer than other sockets may be silent', async ({
  connect,
  states,
  expect,
}) => {
  const redis = connect('queue-worker')
  expect(await redis.blpop('nothing-comes', 5)).toBeNull()
  expect(states).toEqual(['ready'])
})

test.concurrent('a doorbell fails at once while Redis is away, and rings again afterwards', async ({
  server,
  connect,
  expect,
}) => {
  const redis = connect('queue-producer')
  await whenReady(redis, 20_000)
  await server.kill()
  await vi.waitUntil(() => redis.status === 'reconnecting', soon)
  await expect(redis.incr('rung')).rejects.toThrow(/writeable/)
  await server.restart()
  await vi.waitUntil(() => redis.status === 'ready', soon)
  expect(await redis.incr('rung')).toBe(1)
})

test.concurrent('a doorbell in flight when Redis is killed fails instead of waiting for it', async ({
  server,
  connect,
  expect,
}) => {
  const redis = connect('queue-producer')
  await whenReady(redis, 20_000)
  server.freeze()
  const inFlight = redis.incr('rung')
  await server.kill()
  await expect(inFlight).rejects.toThrow(/retries|closed/i)
})

test.concurrent('a write refused by a demoted master is sent again after a reconnect', async ({ connect, expect }) => {
  const redis = connect('scripts')
  const operator = connect('scripts')
  await whenReady(redis, 20_000)
  await operator.replicaof('127.0.0.1', '1')
  const write = redis.set('a', '1')
  let settled = false
  void write.finally(() => (settled = true))
  await vi.waitUntil(() => redis.status === 'reconnecting', soon)
  await operator.replicaof('NO', 'ONE')
  expect(settled).toBe(false)
  expect(await write).toBe('OK')
})

test.concurrent('an outage is logged once when it begins and once when it is over, however many tries it takes', async ({
  server,
  connect,
  logged,
  expect,
}) => {
  const redis = connect('scripts')
  await whenReady(redis, 20_000)
  await server.kill()
  let tries = 0
  redis.on('reconnecting', () => (tries += 1))
  await vi.waitUntil(() => tries >= 3, soon)
  await server.restart()
  await vi.waitUntil(() => redis.status === 'ready', soon)
  await redis.ping()
  expect(logged).toEqual(['warn: Redis: connection lost, trying again', 'info: Redis: connected again'])
})

test.concurrent('waiting for a Redis that is not there ends with where it was sought, why it failed and what to do', async ({
  server,
  connect,
  expect,
}) => {
  await server.kill()
  const redis = connect('scripts')
  const waiting = whenReady(redis, 2_000)
  await expect(waiting).rejects.toThrow(RedisUnreachableError)
  await expect(waiting).rejects.toThrow(/127\.0\.0\.1:\d+ was not ready within 2000 ms: .*ECONNREFUSED.*REDIS_URL/)
})

test.concurrent('a connection can be closed while Redis is frozen', async ({ server, connect, expect }) => {
  const redis = connect('scripts')
  await whenReady(redis, 20_000)
  server.freeze()
  const beganAtMs = performance.now()
  await closeRedis(redis, 200)
  expect(performance.now() - beganAtMs).toBeLessThan(10_000)
})
