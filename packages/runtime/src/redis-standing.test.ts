import { startTestRedis } from '@flash-sale/testing/test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import { createAcknowledgementCheck } from './check-acknowledgement.ts'
import { watchStanding } from './redis-standing.ts'
import { closeRedis, connectRedis } from './redis.ts'

async function watchTestRedis({ allowUnsafe = false, judgeEveryMs = 20 } = {}) {
  let server = await startTestRedis()
  const { url, port, dataDir } = server
  const silent = { info: () => {}, warn: () => {} }
  const redis = connectRedis({ url, role: 'scripts', logger: silent })
  const logged: string[] = []
  const logger = {
    info: (...parts: unknown[]) => void logged.push(`info: ${String(parts.at(-1))}`),
    error: (...parts: unknown[]) => void logged.push(`error: ${String(parts.at(-1))}`),
  }
  const acknowledgement = createAcknowledgementCheck({ level: 'fsync', replicaCount: 0 }, allowUnsafe)
  const standing = watchStanding(redis, { checks: [acknowledgement.check], logger, judgeEveryMs })
  onTestFinished(async () => {
    standing.close()
    await closeRedis(redis)
    await server.stop()
  })
  const restart = async (...extraArgs: string[]) => {
    server.kill('SIGKILL')
    await server.exited
    server = await startTestRedis({ port, dataDir, extraArgs })
  }
  expect(await standing.whenJudged()).toBe(true)
  return { redis, standing, acknowledgement, logged, restart }
}

test.each([
  ['maxmemory-policy', 'allkeys-lru', ['maxmemory', '100mb'], 'noeviction', /evicts keys .*allkeys-lru/],
  ['appendonly', 'no', [], 'yes', /keeps nothing on disk/],
  ['appendfsync', 'everysec', [], 'always', /may lose about 2 s .*ACKNOWLEDGEMENT_LEVEL=fsync/],
])(
  'a Redis whose %s becomes "%s" is refused, told once at level 50, and taken again once it is corrected',
  async (name, worse, more, better, reason) => {
    const { redis, standing, logged } = await watchTestRedis()
    await redis.config('SET', name, worse, ...more)
    await eventually(() => !standing.isGood, { what: 'it to be refused' })
    expect(standing.fault).toMatch(reason)
    await redis.config('SET', name, better)
    await eventually(() => standing.isGood, { what: 'it to be taken again' })
    expect(standing.fault).toBeUndefined()
    expect(logged).toEqual([
      expect.stringMatching(/^error: orders are refused: Redis is not safe to sell from/),
      'info: orders are taken again: Redis is as it has to be',
    ])
  },
)

test('after a reconnect nothing is sent before the Redis at the other end was judged', async () => {
  const { redis, standing, acknowledgement, restart } = await watchTestRedis({ judgeEveryMs: 60_000 })
  expect(acknowledgement.level).toBe('fsync')
  const standings: boolean[] = []
  redis.on('ready', () => standings.push(standing.isGood))
  await restart('--appendonly', 'no')
  expect(await standing.whenJudged()).toBe(false)
  expect(standings).toEqual([false])
  expect(standing.fault).toMatch(/keeps nothing on disk/)
  expect(acknowledgement.level).toBe('none')
})

test('a Redis that was allowed to be unsafe is taken whatever its settings become, and its level is what it is now', async () => {
  const { redis, standing, acknowledgement, logged } = await watchTestRedis({ allowUnsafe: true })
  await redis.config('SET', 'appendonly', 'no')
  await eventually(() => acknowledgement.level === 'none', { what: 'the level to be read again' })
  expect(standing.isGood).toBe(true)
  expect(logged).toEqual([])
})

test('a refusal holds at once, and until a judgement that began after it finds the Redis good', async () => {
  const server = await startTestRedis()
  const redis = connectRedis({ url: server.url, role: 'scripts', logger: { info: () => {}, warn: () => {} } })
  const logged: string[] = []
  const log = (...parts: unknown[]) => void logged.push(String(parts.at(-1)))
  const judgements: ((found: string[]) => void)[] = []
  const check = () => new Promise<string[]>((resolve) => judgements.push(resolve))
  const standing = watchStanding(redis, { checks: [check], logger: { info: log, error: log }, judgeEveryMs: 20 })
  onTestFinished(async () => {
    standing.close()
    await closeRedis(redis)
    await server.stop()
  })
  const judge = async (nth: number, found: string[]) => {
    await eventually(() => judgements.length >= nth, { what: `judgement ${nth} to begin` })
    judgements[nth - 1]!(found)
  }
  await judge(1, [])
  expect(await standing.whenJudged()).toBe(true)
  await eventually(() => judgements.length === 2, { what: 'a judgement to be under way' })
  standing.refuse('Too few replicas.')
  expect([standing.isGood, standing.fault, await standing.whenJudged()]).toEqual([false, 'Too few replicas.', false])
  await judge(2, [])
  await eventually(() => judgements.length === 3, { what: 'another judgement to begin' })
  expect(standing.isGood).toBe(false)
  await judge(3, [])
  await eventually(() => standing.isGood, { what: 'it to be good again' })
  standing.refuse('Too few replicas.')
  await judge(4, ['No replica.'])
  await eventually(() => logged.length > 0, { what: 'the reason to be told' })
  expect(logged.at(-1)).toBe('orders are refused: No replica.')
})

test('orders that come while Redis is away for long are refused at once', async () => {
  const server = await startTestRedis()
  const redis = connectRedis({ url: server.url, role: 'scripts', logger: { info: () => {}, warn: () => {} } })
  const standing = watchStanding(redis, { checks: [], logger: { info: () => {}, error: () => {} } })
  onTestFinished(() => {
    standing.close()
    redis.disconnect()
  })
  expect(await standing.whenJudged()).toBe(true)
  await server.stop()
  await eventually(() => !standing.isGood, { what: 'the loss to be noticed' })
  expect(standing.fault).toBe('Redis did not answer.')
  expect(await standing.whenJudged()).toBe(false)
  const askedAtMs = performance.now()
  expect(await standing.whenJudged()).toBe(false)
  expect(performance.now() - askedAtMs).toBeLessThan(1_000)
})
