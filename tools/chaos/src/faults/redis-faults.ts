import { setTimeout as sleep } from 'node:timers/promises'
import { again, aMoment, atOnce, between, cutNetwork, nothingToHeal, type Fault } from './fault.ts'

const survives = { acceptingApi: true, redisDisk: true }

/** Faults of the server after which its data are as they were. */
export const redisFaults: readonly Fault[] = [
  {
    name: 'kill-redis',
    title: { en: 'Redis is killed, and starts on its data', zh: 'Redis 被杀死，在原有数据上重启' },
    points: [
      'in the storm',
      'after the script ran',
      'before COMMIT',
      'after COMMIT',
      'with a backlog',
      'in a rebuild',
      'as a buyer cancels',
      'as orders expire',
    ],
    survives,
    lengthMs: aMoment,
    async strike({ town }) {
      await town.redis.kill()
      return () => town.redis.start()
    },
  },
  {
    name: 'kill-redis-and-apis',
    title: { en: 'Redis and all APIs are killed at once', zh: 'Redis 和所有 API 同时被杀死' },
    points: ['in the storm', 'after the script ran', 'with a backlog'],
    survives: { acceptingApi: false, redisDisk: true },
    lengthMs: aMoment,
    async strike({ town }) {
      await Promise.all([town.redis.kill(), ...town.apis.map((api) => api.end('SIGKILL'))])
      return () => town.redis.start()
    },
  },
  {
    name: 'pause-redis',
    title: { en: 'Redis stands still', zh: 'Redis 被停住，然后继续' },
    points: ['in the storm', 'after the script ran', 'before COMMIT', 'as orders expire'],
    survives,
    lengthMs: { min: 500, max: 6_000 },
    async strike({ town }) {
      town.redis.pause()
      return async () => town.redis.resume()
    },
  },
  {
    name: 'redis-sleeps',
    title: { en: 'one command keeps Redis busy (DEBUG SLEEP)', zh: '一条命令占住 Redis（DEBUG SLEEP）' },
    points: ['in the storm', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const seconds = between({ min: 0.5, max: 4 }, random).toFixed(2)
      const sleeping = town.redis.client.call('DEBUG', 'SLEEP', seconds)
      return async () => void (await sleeping)
    },
  },
  {
    name: 'kill-clients',
    title: { en: 'Redis cuts every connection (CLIENT KILL)', zh: 'Redis 断开所有连接（CLIENT KILL）' },
    points: ['in the storm', 'after the script ran', 'before COMMIT', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const { client } = town.redis
      await again(5, { pauseMs: { min: 20, max: 300 }, random }, async () => {
        for (const type of ['NORMAL', 'PUBSUB']) await client.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'YES')
      })
      return nothingToHeal
    },
  },
  {
    name: 'flush-scripts',
    title: { en: 'Redis forgets its scripts (SCRIPT FLUSH)', zh: 'Redis 忘掉所有脚本（SCRIPT FLUSH）' },
    points: ['in the storm', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      await again(5, { pauseMs: { min: 10, max: 200 }, random }, () => town.redis.client.script('FLUSH'))
      return nothingToHeal
    },
  },
  {
    name: 'full-redis',
    title: { en: 'Redis is out of memory, again and again', zh: 'Redis 内存反复耗尽' },
    points: ['in the storm', 'in a rebuild', 'with a backlog'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const { client } = town.redis
      await again(4, { pauseMs: { min: 0, max: 100 }, random }, async () => {
        await client.config('SET', 'maxmemory', '1mb')
        await sleep(between(aMoment, random))
        await client.config('SET', 'maxmemory', '0')
      })
      return nothingToHeal
    },
  },
  {
    name: 'rewrite-log',
    title: { en: 'Redis rewrites its log, and is killed meanwhile', zh: 'Redis 重写日志，其间被杀死' },
    points: ['in the storm', 'with a backlog'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      await town.redis.client.bgrewriteaof()
      await sleep(between({ min: 0, max: 100 }, random))
      await town.redis.kill()
      return () => town.redis.start()
    },
  },
  {
    name: 'attach-replica',
    title: { en: 'a first replica attaches, which changes the stamp', zh: '第一个副本接入，复制 ID 随之改变' },
    points: ['in the storm', 'with a backlog', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town }) {
      await town.redis.attachReplica()
      return nothingToHeal
    },
  },
  {
    name: 'full-disk',
    title: { en: 'the log of Redis finds no room on the disk', zh: 'Redis 日志所在磁盘已满' },
    points: ['in the storm', 'after the script ran', 'with a backlog'],
    survives,
    lengthMs: aMoment,
    async strike({ town }) {
      await town.redis.fillDisk()
      return () => town.redis.start()
    },
  },
  {
    name: 'slow-redis',
    title: { en: 'Redis answers slowly', zh: 'Redis 响应变慢' },
    points: ['in the storm', 'with a backlog', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const untilMs = performance.now() + between({ min: 1_000, max: 5_000 }, random)
      while (performance.now() < untilMs) {
        for (const { redis } of town.processes) redis.holdReplies()
        await sleep(between({ min: 20, max: 200 }, random))
        for (const { redis } of town.processes) redis.passAll()
        await sleep(1)
      }
      return nothingToHeal
    },
  },
  cutNetwork('redis', { en: 'the network between processes and Redis is cut', zh: '进程与 Redis 之间的网络中断' }, [
    'in the storm',
    'after the script ran',
    'before COMMIT',
    'in a rebuild',
  ]),
]
