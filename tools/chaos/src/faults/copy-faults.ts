import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { atOnce, between, nothingToHeal, type Fault, type Scene } from './fault.ts'

/** What was accepted after the copy is only in the APIs, as far as it was not persisted. */
const apiSurvives = { acceptingApi: true, redisDisk: false }
/** What Postgres forgot, the ledger remembers. */
const diskSurvives = { acceptingApi: true, redisDisk: true }

/** How long the sale goes on after the copy was taken. */
const copyAge = { min: 300, max: 2_000 }

/** A store comes back older, empty or as another one. */
export const copyFaults: readonly Fault[] = [
  {
    name: 'redis-old-copy',
    title: { en: 'Redis comes back with an older copy of its folder', zh: 'Redis 带着旧的数据目录回来' },
    points: ['in the storm', 'with a backlog'],
    survives: apiSurvives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const copy = await town.redis.copyFolder()
      await sleep(between(copyAge, random))
      await town.redis.kill()
      return () => town.redis.start(copy)
    },
  },
  {
    name: 'redis-empty-disk',
    title: { en: 'Redis comes back with an empty disk', zh: 'Redis 磁盘丢失，空着回来' },
    points: ['in the storm', 'with a backlog', 'in a rebuild'],
    survives: apiSurvives,
    lengthMs: atOnce,
    async strike({ town }) {
      await town.redis.kill()
      return () => town.redis.start(town.redis.newFolder())
    },
  },
  {
    name: 'redis-empty-disk-and-apis',
    title: { en: 'Redis loses its disk, and all APIs are killed', zh: 'Redis 磁盘丢失，所有 API 同时被杀死' },
    points: ['in the storm', 'with a backlog'],
    survives: { acceptingApi: false, redisDisk: false },
    lengthMs: atOnce,
    async strike({ town }) {
      await Promise.all([town.redis.kill(), ...town.apis.map((api) => api.end('SIGKILL'))])
      return () => town.redis.start(town.redis.newFolder())
    },
  },
  {
    name: 'persistence-off',
    title: { en: 'Redis keeps no log any more, and is killed', zh: 'Redis 关闭持久化后被杀死' },
    points: ['in the storm', 'with a backlog'],
    survives: apiSurvives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      await town.redis.client.config('SET', 'appendonly', 'no')
      await sleep(between(copyAge, random))
      await town.redis.kill()
      return () => town.redis.start()
    },
  },
  {
    name: 'promote-replica',
    title: { en: 'a replica is promoted that lacks the last writes', zh: '缺少最后写入的副本被提升为主节点' },
    points: ['in the storm', 'with a backlog'],
    survives: apiSurvives,
    lengthMs: atOnce,
    strike: promoteReplica,
  },
  {
    name: 'postgres-old-copy',
    title: { en: 'Postgres comes back with an older copy of its data', zh: 'Postgres 带着旧的数据回来' },
    points: ['in the storm', 'with a backlog'],
    survives: diskSurvives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const putBack = await town.postgres.takeCopy()
      await sleep(between(copyAge, random))
      await putBack()
      return nothingToHeal
    },
  },
  {
    name: 'both-old-copies',
    title: { en: 'both stores come back older, one after the other', zh: '两个存储先后带着旧的数据回来' },
    points: ['in the storm'],
    survives: { acceptingApi: false, redisDisk: false },
    lengthMs: atOnce,
    async strike({ town, random }) {
      const copy = await town.redis.copyFolder()
      const putBack = await town.postgres.takeCopy()
      await sleep(between(copyAge, random))
      await town.redis.kill()
      await town.redis.start(copy)
      await sleep(between(copyAge, random))
      return putBack
    },
  },
]

const syncWithinMs = 20_000

/** The replica follows, the cable between the two is cut, the sale goes on, the master dies, and the replica takes its place. */
async function promoteReplica({ town, random, signal }: Scene) {
  const { redis } = town
  const replica = await redis.startAnother()
  const client = new Redis(replica.url)
  client.on('error', () => undefined)
  try {
    await client.replicaof('127.0.0.1', new URL(redis.url).port)
    const deadline = performance.now() + syncWithinMs
    while (!(await client.info('replication')).includes('master_link_status:up')) {
      if (performance.now() > deadline) throw new Error('a replica did not follow its master in time')
      await sleep(20, undefined, { signal })
    }
    // A first replica changes the stamp: the ledgers are made anew before the sale goes on.
    await sleep(between({ min: 2_000, max: 3_000 }, random), undefined, { signal })
    await client.replicaof('127.0.0.1', '1')
    await sleep(between(copyAge, random), undefined, { signal })
    await redis.kill()
    await client.replicaof('NO', 'ONE')
    await client.shutdown('SAVE').catch(() => undefined)
  } finally {
    client.disconnect()
  }
  await replica.exited
  return () => redis.start(replica.dataDir)
}
