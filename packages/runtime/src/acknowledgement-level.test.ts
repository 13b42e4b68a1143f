import { startTestRedis } from '@flash-sale/testing/test-redis'
import { startTestReplica } from '@flash-sale/testing/test-replica'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAcknowledgementLevel, RedisUnsafeError, requireSafeRedis } from './acknowledgement-level.ts'
import { closeRedis, connectRedis } from './redis.ts'

let server: Awaited<ReturnType<typeof startTestRedis>>
let redis: Redis
const silent = { info: () => {}, warn: () => {} }

beforeEach(async () => {
  server = await startTestRedis()
  redis = connectRedis({ url: server.url, role: 'scripts', logger: silent })
})

afterEach(async () => {
  await closeRedis(redis)
  await server.stop()
})

test('a Redis that syncs every write is at "fsync" and has no problem', async () => {
  const report = await readAcknowledgementLevel(redis)
  expect(report).toMatchObject({ level: 'fsync', problems: [], settings: { appendonly: 'yes', appendfsync: 'always' } })
})

test.each([
  ['appendfsync', 'everysec', 'everysec', []],
  ['appendfsync', 'no', 'none', [/operating system/]],
  ['no-appendfsync-on-rewrite', 'yes', 'none', [/rewrites its log/]],
  ['appendonly', 'no', 'none', [/nothing on disk/]],
  ['maxmemory', '100mb', 'fsync', []],
  ['maxmemory-policy', 'allkeys-lru', 'fsync', []],
])('with %s %s it is at "%s"', async (name, value, level, problems) => {
  await redis.config('SET', name, value)
  const report = await readAcknowledgementLevel(redis)
  expect(report.level).toBe(level)
  expect(report.problems).toEqual(problems.map((problem) => expect.stringMatching(problem)))
})

test('a Redis that syncs each second only is not enough where more is promised', async () => {
  await redis.config('SET', 'appendfsync', 'everysec')
  for (const level of ['fsync', 'replicated'] as const) {
    const { problems } = await readAcknowledgementLevel(redis, { level, replicaCount: 0 })
    expect(problems).toEqual([expect.stringContaining(`ACKNOWLEDGEMENT_LEVEL=${level}`)])
  }
})

test('it is at "replicated" when that is promised and every replica follows it', async () => {
  const demand = { level: 'replicated', replicaCount: 1 } as const
  expect(await readAcknowledgementLevel(redis, demand)).toMatchObject({
    level: 'fsync',
    problems: [],
    shortage: expect.stringContaining('0 of its 1 replicas'),
  })
  const replica = await startTestReplica(redis, server.port)
  expect(await readAcknowledgementLevel(redis, demand)).toEqual(
    expect.not.objectContaining({ shortage: expect.anything() }),
  )
  expect(await readAcknowledgementLevel(redis, demand)).toMatchObject({ level: 'replicated', problems: [] })
  expect((await readAcknowledgementLevel(redis)).level).toBe('fsync')
  await replica.close()
})

test('a Redis with snapshots only is not taken for one that keeps every write', async () => {
  await redis.config('SET', 'appendonly', 'no', 'save', '3600 1')
  expect(await readAcknowledgementLevel(redis)).toMatchObject({ level: 'none', problems: [/only snapshots/] })
})

test('a Redis that evicts when it is full cannot be sold from, and says what to correct', async () => {
  await redis.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'volatile-lru')
  const starting = requireSafeRedis(redis, { allowUnsafe: false, logger: silent })
  await expect(starting).rejects.toThrow(RedisUnsafeError)
  await expect(starting).rejects.toThrow(
    /^[^\n]*maxmemory-policy volatile-lru; set it to noeviction[^\n]*REDIS_ALLOW_UNSAFE=true[^\n]*$/,
  )
})

test('a Redis that keeps its settings to itself, as managed ones do, is at "unknown"', async () => {
  await redis.call('ACL', 'SETUSER', 'default', '-config')
  expect(await readAcknowledgementLevel(redis)).toMatchObject({ level: 'unknown', problems: [/CONFIG GET/] })
  await expect(requireSafeRedis(redis, { allowUnsafe: false, logger: silent })).rejects.toThrow(RedisUnsafeError)
})

test('an unsafe Redis that was allowed is used, with a warning that names the risk', async () => {
  await redis.config('SET', 'appendonly', 'no')
  const warnings: unknown[] = []
  const logger = { info: () => expect.unreachable(), warn: (...parts: unknown[]) => void warnings.push(parts.at(-1)) }
  expect(await requireSafeRedis(redis, { allowUnsafe: true, logger })).toMatchObject({ level: 'none' })
  expect(warnings).toEqual(['Redis acknowledges at "none", allowed: a crash may lose accepted orders'])
})

test('a safe Redis is reported in one line', async () => {
  const lines: unknown[] = []
  await requireSafeRedis(redis, {
    allowUnsafe: false,
    logger: { info: (...parts: unknown[]) => void lines.push(parts.at(-1)), warn: () => expect.unreachable() },
  })
  expect(lines).toEqual([
    'Redis acknowledges at "fsync": an accepted order survives a crash and a power loss of its machine',
  ])
})
