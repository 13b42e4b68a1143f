import type { DeploymentRow } from '@flash-sale/database/deployment'
import { loseRedis, readDeployment, seeRedis } from '@flash-sale/database/deployment'
import { deploymentKey } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { openStores, silentLogger, type OpenStores } from '@flash-sale/testing/open-stores'
import { setUpBench, type Bench } from '@flash-sale/testing/test-sale'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { adoptRedis, askWhichRedis, joinRedis, judgeRedis, readRedisRun } from './join-redis.ts'
import { watchDeployment } from './watch-deployment.ts'

const row: DeploymentRow = { id: 'd', redisId: 'r', redisRun: 'run/0', isSeen: true, isLost: false }

describe('a Redis', () => {
  test.each<[string, Partial<DeploymentRow>, { text: string | null; run: string }, string]>([
    ['is joined when both say so', {}, { text: 'd r', run: 'run/0' }, 'JOINED'],
    ['is the first', { redisId: null, redisRun: null, isSeen: false }, { text: null, run: 'run/0' }, 'JOINS'],
    ['was emptied', {}, { text: null, run: 'run/0' }, 'JOINS'],
    ['restarted, with its data, when a process lost it', { isLost: true }, { text: 'd r', run: 'next/0' }, 'JOINS'],
    ['restarted, with its data, when nobody sees it', { isSeen: false }, { text: 'd r', run: 'next/0' }, 'JOINS'],
    ['restarted, without its data', { isSeen: false }, { text: null, run: 'next/0' }, 'JOINS'],
    ['took the place of one that is gone', { isSeen: false }, { text: 'd other', run: 'next/0' }, 'JOINS'],
    ['is a second one', {}, { text: null, run: 'next/0' }, 'SECOND'],
    ['is a second one, while a process lost the first', { isLost: true }, { text: null, run: 'next/0' }, 'SECOND'],
    ['was joined before another was', { isLost: true }, { text: 'd old', run: 'next/0' }, 'SECOND'],
    ['is a copy of the one that lives', {}, { text: 'd r', run: 'next/0' }, 'SECOND'],
    ['is a second database in the same server', {}, { text: null, run: 'run/1' }, 'SECOND'],
    ['belongs to another database', { isSeen: false }, { text: 'other r', run: 'run/0' }, 'FOREIGN'],
    [
      'is joined to a database that was restored from before',
      { redisId: 'old' },
      { text: 'd r', run: 'run/0' },
      'JOINS',
    ],
  ])('%s', (_, other, found, expected) => {
    const standing = judgeRedis({ ...row, ...other }, found)
    expect(typeof standing === 'string' ? standing : standing.kind).toBe(expected)
  })
})

describe('with real stores', () => {
  let bench: Bench
  let other: OpenStores

  beforeEach(async () => {
    bench = await setUpBench()
    const second = await startTestRedis()
    other = openStores({ redisUrl: second.url, databaseUrl: bench.testStores.database.url })
    onTestFinished(async () => {
      await other.close()
      await second.stop()
    })
  })
  afterEach(() => bench.close())

  test('a Redis that was emptied has its id back, and a second one is refused while the first is seen alive', async () => {
    const { stores } = bench
    expect(await joinRedis(stores)).toEqual({ kind: 'JOINED' })
    const joined = await askWhichRedis(stores.redis)
    await stores.redis.flushall()
    expect(await joinRedis(stores)).toEqual({ kind: 'JOINED' })
    expect(await askWhichRedis(stores.redis)).toEqual(joined)

    await seeRedis(stores.database, await readRedisRun(stores.redis))
    expect(await joinRedis(other)).toMatchObject({ kind: 'SECOND' })
    expect(await other.redis.get(deploymentKey)).toBeNull()
    const unseen = async () => expect(await joinRedis(other)).toEqual({ kind: 'JOINED' })
    await eventually(unseen, { what: 'nobody to see the first', intervalMs: 100 })
    expect((await askWhichRedis(other.redis)).text).not.toBe(joined.text)
    // It counts as alive at once: the first, with all its data, is the second one now.
    expect(await joinRedis(stores)).toMatchObject({ kind: 'SECOND' })
  })

  test('a copy takes no place of a Redis that lives, though a process stopped or lost one connection', async () => {
    const { redis, database } = bench.stores
    const watches = [watchDeployment(bench.stores, silentLogger), watchDeployment(bench.stores, silentLogger)]
    onTestFinished(() => watches.forEach((watch) => watch.close()))
    await eventually(() => watches.every(({ belonging }) => belonging === 'TOGETHER'), { what: 'both to be joined' })
    await other.redis.set(deploymentKey, (await redis.get(deploymentKey))!)
    const isCopyRefused = async () => expect(await joinRedis(other)).toMatchObject({ kind: 'SECOND' })
    watches[0]!.close()
    await isCopyRefused()
    await loseRedis(database, await readRedisRun(redis))
    await isCopyRefused()
    const isSeenAgain = async () => {
      const [seen] = await database.$queryRaw<{ is: boolean }[]>`
        SELECT redis_seen_at > redis_lost_at AS is FROM deployment`
      expect(seen).toEqual({ is: true })
    }
    await eventually(isSeenAgain, { what: 'the other process to see it again' })
    await isCopyRefused()
  })

  test('a copy is joined when the Redis was lost and no process sees it again', async () => {
    const { stores } = bench
    await joinRedis(stores)
    await other.redis.set(deploymentKey, (await stores.redis.get(deploymentKey))!)
    await seeRedis(stores.database, await readRedisRun(stores.redis))
    await loseRedis(stores.database, await readRedisRun(stores.redis))
    expect(await readDeployment(stores.database)).toMatchObject({ isSeen: true, isLost: false })
    await stores.database.$executeRaw`
      UPDATE deployment SET (redis_seen_at, redis_lost_at) = (redis_seen_at - interval '1.3 s', redis_lost_at - interval '1.3 s')`
    expect(await joinRedis(other)).toEqual({ kind: 'JOINED' })
  })

  test('many processes that join an empty Redis at once join the same', async () => {
    const standings = await Promise.all(Array.from({ length: 8 }, () => joinRedis(bench.stores)))
    expect(standings).toEqual(standings.map(() => ({ kind: 'JOINED' })))
    const { id, redisId, redisRun } = await readDeployment(bench.stores.database)
    expect(await askWhichRedis(bench.stores.redis)).toEqual({ text: `${id} ${redisId}`, run: redisRun })
  })

  test('a Redis of another database is left as it is, until an operator joins it', async () => {
    await bench.stores.redis.set(deploymentKey, 'another its-redis')
    expect(await joinRedis(bench.stores)).toMatchObject({ kind: 'FOREIGN', foundId: 'another' })
    expect(await bench.stores.redis.get(deploymentKey)).toBe('another its-redis')
    expect(await adoptRedis(bench.stores)).toEqual({ kind: 'JOINED' })
    expect(await joinRedis(bench.stores)).toEqual({ kind: 'JOINED' })
  })

  test('a watch says once that the stores do not belong together, and once that they do again', async () => {
    const told: string[] = []
    const logger = {
      error: (...args: unknown[]) => told.push(String(args.at(-1))),
      info: (text: string) => told.push(text),
    }
    await bench.stores.redis.set(deploymentKey, 'another its-redis')
    const watch = watchDeployment(bench.stores, logger as never)
    onTestFinished(watch.close)
    expect(watch.belonging).toBe('UNKNOWN')
    await eventually(() => watch.belonging === 'FOREIGN', { what: 'the watch to notice' })
    expect(watch.fault).toContain('another')
    expect(watch.fault).toContain((await readDeployment(bench.stores.database)).id)
    await adoptRedis(bench.stores)
    await eventually(() => watch.belonging === 'TOGETHER', { what: 'the watch to notice again' })
    expect(watch.fault).toBeUndefined()
    expect(told).toHaveLength(2)
  })
})
