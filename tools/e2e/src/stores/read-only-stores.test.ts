import type { App } from '@flash-sale/local-stack/apps/start-app'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestStores } from '@flash-sale/testing/start-test-stores'

const readiness = async ({ url }: App) => {
  const response = await fetch(`${url}/health/ready`)
  return { status: response.status, text: await response.text() }
}

async function startOtherRedis() {
  const other = await connectTestRedis()
  onTestFinished(other.close)
  return other
}

test.each(['api', 'worker'] as const)('a %s does not start on a replica, and says so in one line', async (name) => {
  const stores = await startTestStores()
  onTestFinished(stores.stop)
  const replica = await startOtherRedis()
  await replica.redis.replicaof('127.0.0.1', stores.redis.port)
  const started = startTestProcess(name, stores, {
    env: { REDIS_URL: replica.server.url, REDIS_ALLOW_UNSAFE: 'true' },
  })
  await expect(started).rejects.toThrow(
    new RegExp(
      `exit code 1\nThis Redis is a read-only replica of 127.0.0.1:${stores.redis.port}; correct REDIS_URL .*$`,
    ),
  )
})

test(
  'while Redis is a replica nothing is ready, and the log says READONLY once, however many orders come',
  slow,
  async () => {
    const service = await startService()
    const lines: string[] = []
    const api = await service.startApi({ env: { LOG_LEVEL: 'info' }, onLine: (line) => void lines.push(line) })
    const worker = await service.startWorker()
    const sale = await service.openSale(api, { total: 100, purchaseLimit: 1 })
    await eventually(async () => expect((await readiness(api)).status).toBe(200), { what: 'it to be ready' })

    const master = await startOtherRedis()
    await service.redis.replicaof('127.0.0.1', master.server.port)
    for (const process of [api, worker]) {
      await eventually(
        async () =>
          expect(await readiness(process)).toEqual({ status: 503, text: expect.stringContaining('READONLY') }),
        { what: 'it to be not ready' },
      )
    }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => sale.at(api)({ buyer: `early-${i}`, key: 'k', quantity: 1 })),
    )
    expect(answers.filter(({ outcome }) => outcome === 'ACCEPTED')).toEqual([])

    await service.redis.replicaof('NO', 'ONE')
    for (const process of [api, worker]) {
      await eventually(async () => expect((await readiness(process)).status).toBe(200), { what: 'it to be ready' })
    }
    await eventually(
      async () => expect((await sale.at(api)({ buyer: 'late', key: 'k', quantity: 1 })).outcome).toBe('ACCEPTED'),
      { what: 'an order to be accepted', timeoutMs: 30_000 },
    )
    expect(lines.filter((line) => line.includes('READONLY'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('takes writes again'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('connection lost'))).toEqual([])
  },
)

test(
  'while Postgres takes no writes the API is degraded and the worker not ready, until it does again',
  slow,
  async () => {
    const service = await startService()
    const [api, worker] = await Promise.all([service.startApi(), service.startWorker()])
    const admin = new Client({ connectionString: service.stores.database.url })
    await admin.connect()
    onTestFinished(() => admin.end())
    const setReadOnly = async (onOrOff: 'on' | 'off') => {
      await admin.query(`ALTER DATABASE ${admin.database} SET default_transaction_read_only = ${onOrOff}`)
      // Sessions that are open keep what they began with.
      await admin.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
    }
    await setReadOnly('on')
    for (const [process, status] of [
      [api, 200],
      [worker, 503],
    ] as const) {
      await eventually(
        async () =>
          expect(await readiness(process)).toEqual({
            status,
            text: expect.stringContaining('Postgres is read-only'),
          }),
        { what: 'it to say so' },
      )
    }
    await admin.query('SET default_transaction_read_only = off')
    await setReadOnly('off')
    for (const process of [api, worker]) {
      await eventually(
        async () =>
          expect(await readiness(process)).toEqual({ status: 200, text: expect.not.stringContaining('read-only') }),
        { what: 'it to be well' },
      )
    }
  },
)
