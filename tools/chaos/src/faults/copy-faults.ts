import { setTimeout as sleep } from 'node:timers/promises'
import { atOnce, between, nothingToHeal, type Fault } from './fault.ts'

/** What was accepted after the copy is only in the APIs, as far as it was not persisted. */
const apiSurvives = { acceptingApi: true, redisDisk: false }
/** What Postgres forgot, the ledger remembers. */
const diskSurvives = { acceptingApi: true, redisDisk: true }

/** How long the sale goes on after the copy was taken. */
const copyAge = { min: 300, max: 2_000 }

/** Long enough for all to know that a process is gone. */
const goneFor = { min: 4_500, max: 6_000 }

/** A store comes back older, empty or as another one. */
export const copyFaults: readonly Fault[] = [
  {
    name: 'redis-old-copy',
    title: { en: 'Redis comes back with an older copy of its folder', zh: 'Redis 带着旧的数据目录回来' },
    points: ['in the storm', 'with a backlog', 'as a buyer cancels', 'as orders expire'],
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
    points: ['in the storm', 'with a backlog', 'in a rebuild', 'as orders expire'],
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
    name: 'apis-then-redis-empty-disk',
    title: {
      en: 'all APIs are killed, and some seconds later Redis loses its disk',
      zh: '所有 API 被杀死，数秒后 Redis 磁盘丢失',
    },
    points: ['with a backlog'],
    survives: { acceptingApi: false, redisDisk: false },
    lengthMs: atOnce,
    async strike({ town, random }) {
      await Promise.all(town.apis.map((api) => api.end('SIGKILL')))
      // Workers that run see that the APIs are gone, and cannot persist what these accepted.
      for (const worker of town.workers) {
        worker.postgres.refuse()
        worker.resume()
      }
      await sleep(between(goneFor, random))
      await town.redis.kill()
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
    points: ['in the storm', 'with a backlog', 'as orders expire'],
    survives: apiSurvives,
    lengthMs: atOnce,
    // A first replica changes the stamp: the ledgers are made anew before buyers come.
    prepare: ({ town }) => town.redis.attachReplica(),
    async strike({ town, random }) {
      const { redis } = town
      await redis.replica().cut()
      await sleep(between(copyAge, random))
      await redis.kill()
      return async () => redis.start(await redis.replica().promote())
    },
  },
  {
    name: 'postgres-old-copy',
    title: { en: 'Postgres comes back with an older copy of its data', zh: 'Postgres 带着旧的数据回来' },
    points: ['in the storm', 'with a backlog', 'as a buyer cancels', 'as money comes'],
    survives: diskSurvives,
    forgetsMoney: true,
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
    forgetsMoney: true,
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
