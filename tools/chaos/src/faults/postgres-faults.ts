import type { Client } from 'pg'
import { again, aMoment, atOnce, cutNetwork, nothingToHeal, type Fault } from './fault.ts'

const survives = { acceptingApi: true, redisDisk: true }
const backendsSql = `FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()`

/** Faults of the server after which its data are as they were. */
export const postgresFaults: readonly Fault[] = [
  {
    name: 'crash-postgres',
    title: { en: 'Postgres is stopped at once, and recovers', zh: 'Postgres 立即停止，然后恢复' },
    points: [
      'in the storm',
      'before COMMIT',
      'after COMMIT',
      'in a rebuild',
      'as a buyer cancels',
      'as orders expire',
      'as money comes',
    ],
    survives,
    lengthMs: aMoment,
    async strike({ town }) {
      await town.postgres.crash()
      return town.postgres.start
    },
  },
  {
    name: 'kill-backends',
    title: { en: 'Postgres ends every connection, again and again', zh: 'Postgres 反复断开所有连接' },
    points: ['in the storm', 'before COMMIT', 'after COMMIT', 'in a rebuild', 'as orders expire', 'as money comes'],
    survives,
    lengthMs: atOnce,
    async strike({ town, random }) {
      const kill = () => town.postgres.query(`SELECT pg_terminate_backend(pid) ${backendsSql}`)
      await again(5, { pauseMs: { min: 20, max: 400 }, random }, kill)
      return nothingToHeal
    },
  },
  {
    name: 'crash-backend',
    title: { en: 'one process of Postgres is killed', zh: 'Postgres 的一个后端进程被杀死' },
    points: ['in the storm', 'after COMMIT', 'in a rebuild'],
    survives,
    lengthMs: atOnce,
    async strike({ town }) {
      const [backend] = await town.postgres.query<{ pid: number }>(`SELECT pid ${backendsSql} LIMIT 1`)
      if (backend) process.kill(backend.pid, 'SIGKILL')
      return nothingToHeal
    },
  },
  {
    name: 'pause-postgres',
    title: { en: 'Postgres stands still', zh: 'Postgres 被停住，然后继续' },
    points: ['in the storm', 'before COMMIT', 'in a rebuild'],
    survives,
    lengthMs: { min: 500, max: 6_000 },
    async strike({ town }) {
      await town.postgres.pause()
      return town.postgres.resume
    },
  },
  cutNetwork(
    'postgres',
    { en: 'the network between processes and Postgres is cut', zh: '进程与 Postgres 之间的网络中断' },
    ['in the storm', 'before COMMIT', 'after COMMIT', 'in a rebuild'],
  ),
  {
    name: 'full-postgres-disk',
    title: { en: 'Postgres finds no room on its disk', zh: 'Postgres 的磁盘已满' },
    points: ['in the storm', 'with a backlog', 'before COMMIT'],
    survives,
    lengthMs: { min: 500, max: 4_000 },
    async strike({ town }) {
      await town.postgres.fillDisk()
      return async () => {
        // It may have ended by itself: it cannot go on when it cannot write its log.
        await town.postgres.crash()
        await town.postgres.start()
      }
    },
  },
  {
    name: 'lose-commit-answer',
    title: { en: 'the answer to a COMMIT is lost', zh: 'COMMIT 的答复丢失' },
    points: ['after COMMIT'],
    survives,
    lengthMs: atOnce,
    async strike({ worker }) {
      worker.postgres.cut()
      return nothingToHeal
    },
  },
  {
    name: 'read-only-postgres',
    title: { en: 'Postgres takes no writes', zh: 'Postgres 变为只读' },
    points: ['in the storm', 'with a backlog'],
    survives,
    lengthMs: { min: 500, max: 3_000 },
    async strike({ town }) {
      const set = async (value: 'on' | 'off') => {
        await town.postgres.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
        await town.postgres.query('SELECT pg_reload_conf()')
      }
      await set('on')
      return async () => {
        // The setting also holds for the connection that takes it back.
        const client = await town.postgres.connect()
        await client.query('SET default_transaction_read_only = off')
        await client.query('ALTER SYSTEM RESET default_transaction_read_only')
        await client.query('SELECT pg_reload_conf()')
        await client.end()
      }
    },
  },
  {
    name: 'lock-row',
    title: { en: "somebody holds the items' rows in Postgres", zh: '有人锁住了商品的行' },
    points: ['in the storm', 'with a backlog'],
    survives,
    lengthMs: { min: 1_000, max: 12_000 },
    async strike({ town, itemId, paidItemId }) {
      const holder = await town.postgres.connect()
      await holder.query('BEGIN')
      for (const id of [itemId, paidItemId]) {
        await holder.query('SELECT FROM sale_items WHERE id = $1 FOR UPDATE', [id])
      }
      return async () => {
        await holder.query('ROLLBACK')
        await holder.end()
      }
    },
  },
  {
    name: 'no-connections-left',
    title: { en: 'Postgres has no connections left', zh: 'Postgres 的连接耗尽' },
    points: ['in the storm', 'with a backlog'],
    survives,
    lengthMs: { min: 500, max: 3_000 },
    async strike({ town }) {
      const killer = await town.postgres.connect()
      await killer.query(`SELECT pg_terminate_backend(pid) ${backendsSql}`)
      const taken: Client[] = [killer]
      for (let isLeft = true; isLeft;) {
        const client = await town.postgres.connect().catch(() => undefined)
        if (client) taken.push(client)
        else isLeft = false
      }
      return async () => void (await Promise.all(taken.map((client) => client.end())))
    },
  },
]
