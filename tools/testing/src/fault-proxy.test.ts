import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from './eventually.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { startTestRedis } from './test-redis.ts'

let server: Awaited<ReturnType<typeof startTestRedis>>
let direct: Redis

beforeAll(async () => {
  server = await startTestRedis()
  direct = new Redis(server.url)
})

afterAll(async () => {
  direct.disconnect()
  await server.stop()
})

async function throughProxy() {
  const proxy = await startFaultProxy(server.port)
  const redis = new Redis({ port: proxy.port, retryStrategy: () => 5, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  onTestFinished(async () => {
    redis.disconnect()
    await proxy.close()
  })
  await redis.ping()
  return { proxy, redis }
}

const names = (word: string) => (bytes: Buffer) => bytes.includes(word)

test('a reply is held although the server has done what was asked, and comes when all may pass', async () => {
  const { proxy, redis } = await throughProxy()
  const isHeld = proxy.holdRepliesFrom(names('held-reply'))
  const reply = redis.incr('held-reply')
  await isHeld
  await eventually(() => proxy.repliesHeldCount() === 1, { what: 'the reply to be held' })
  expect(await direct.get('held-reply')).toBe('1')
  proxy.passAll()
  expect(await reply).toBe(1)
  expect(await redis.incr('held-reply')).toBe(2)
})

test('a request is held before the server hears of it, the ones before it having passed', async () => {
  const { proxy, redis } = await throughProxy()
  const isHeld = proxy.holdRequestsFrom(names('held-request'))
  await redis.set('before', 'passed')
  const reply = redis.incr('held-request')
  await isHeld
  expect(proxy.requestsHeldCount()).toBe(1)
  expect(await direct.exists('held-request')).toBe(0)
  proxy.passAll()
  expect(await reply).toBe(1)
})

test('cutting loses what was held, and the client can connect again', async () => {
  const { proxy, redis } = await throughProxy()
  proxy.holdRequests()
  const answer = redis.incr('cut').catch(() => 'no answer')
  await eventually(() => proxy.requestsHeldCount() === 1, { what: 'the request to be held' })
  proxy.cut()
  proxy.passAll()
  expect(await answer).toBe('no answer')
  expect(await eventually(() => redis.ping(), { what: 'the client to be back' })).toBe('PONG')
  expect(await direct.exists('cut')).toBe(0)
})

test('a proxy that refuses looks like a server that is down, until it accepts again', async () => {
  const { proxy, redis } = await throughProxy()
  proxy.refuse()
  await eventually(() => redis.status === 'reconnecting', { what: 'the client to notice' })
  proxy.accept()
  expect(await eventually(() => redis.ping(), { what: 'the client to be back' })).toBe('PONG')
  expect(proxy.connectionCount()).toBe(1)
})

test('a request that matches is seen once it went through', async () => {
  const { proxy, redis } = await throughProxy()
  const seen = proxy.requestSeen(names('look-for-me'))
  await redis.set('something', 'else')
  await redis.get('look-for-me')
  await seen
})
