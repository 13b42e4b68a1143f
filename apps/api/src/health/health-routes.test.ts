import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

async function startApiWithPostgresProxy() {
  const stores = await startTestStores()
  const port = Number(new URL(stores.database.url).port)
  const network = await startFaultProxy(port)
  const databaseUrl = stores.database.url.replace(`:${port}/`, `:${network.port}/`)
  const api = await startTestApi(stores, { databaseUrl })
  onTestFinished(async () => {
    network.passAll()
    network.accept()
    await api.close()
    await network.close()
    await stores.stop()
  })
  return { api, stores, network }
}

/** On a busy machine a store that is well may take longer than a probe waits, once in a while. */
function becomesReady(api: TestApi): Promise<HealthReady> {
  const ask = async () => expectSuccess(await api.get('/health/ready'), 200, HealthReady)
  return eventually(ask, { what: 'it to be ready' })
}

function saysOf(api: TestApi, detail: string): Promise<void> {
  const ask = async () => expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toBe(detail)
  return eventually(ask, { what: detail })
}

test('with both stores it is ready, and says what an accepted order survives', async () => {
  const { api } = await startApiWithPostgresProxy()
  expect(expectSuccess(await api.get('/health/live'), 200, HealthLive)).toEqual({ status: 'live' })
  const remembered = { orders: 0, bytes: 0, dropped: 0 }
  expect(await becomesReady(api)).toEqual({ status: 'ready', acknowledgementLevel: 'fsync', remembered })
})

test('while it stops it is live and not ready, and says why', async () => {
  const stores = await startTestStores()
  const stopping = new AbortController()
  const api = await startTestApi(stores, { stopping: stopping.signal })
  onTestFinished(async () => {
    await api.close()
    await stores.stop()
  })
  stopping.abort()
  expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toBe('This process is stopping.')
  expectSuccess(await api.get('/health/live'), 200, HealthLive)
})

test('while Redis is frozen it is live and not ready, and is ready again afterwards', async () => {
  const { api, stores } = await startApiWithPostgresProxy()
  stores.redis.kill('SIGSTOP')
  await saysOf(api, 'Redis did not answer.')
  expectSuccess(await api.get('/health/live'), 200, HealthLive)
  stores.redis.kill('SIGCONT')
  await becomesReady(api)
})

test('while Postgres is away, or silent, it is ready and says that it is degraded, and orders are accepted', async () => {
  const { api, network } = await startApiWithPostgresProxy()
  const { itemId } = await api.createItem()
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  const becomesWell = () =>
    eventually(async () => expect(await becomesReady(api)).not.toHaveProperty('degraded'), { what: 'it to be well' })
  await becomesWell()
  for (const [fail, mend] of [
    [network.refuse, network.accept],
    [network.holdReplies, network.passAll],
  ] as const) {
    fail()
    expect((await becomesReady(api)).degraded).toEqual(['Postgres did not answer.'])
    expectSuccess(await api.order(`buyer of ${fail.name}`, { itemId, quantity: 1 }), 202, OrderAccepted)
    mend()
    await becomesWell()
  }
})

test('while Redis is full it is live and not ready, with the reason, and is ready again afterwards', async () => {
  const { api, stores } = await startApiWithPostgresProxy()
  const { itemId } = await api.createItem()
  const redis = new Redis(stores.redis.url)
  onTestFinished(() => redis.disconnect())
  await redis.config('SET', 'maxmemory', '1mb')
  expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'OUTCOME_UNKNOWN')
  await eventually(
    async () => expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toMatch(/writes: OOM/),
    { what: 'it not to be ready' },
  )
  expectSuccess(await api.get('/health/live'), 200, HealthLive)
  await redis.config('SET', 'maxmemory', '0')
  await becomesReady(api)
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
})

test('a Redis that takes no writes for want of replicas makes it not ready', async () => {
  const { api, stores } = await startApiWithPostgresProxy()
  const redis = new Redis(stores.redis.url)
  onTestFinished(() => redis.disconnect())
  await redis.config('SET', 'min-replicas-to-write', '1')
  await eventually(
    async () => expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toMatch(/NOREPLICAS/),
    { what: 'it not to be ready' },
  )
})

test('however many probes come, Redis is written to once a second at most', async () => {
  const { api, stores } = await startApiWithPostgresProxy()
  const redis = new Redis(stores.redis.url)
  onTestFinished(() => redis.disconnect())
  const writeCount = async () => Number(/cmdstat_set:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0)
  const [beganAtMs, writesBefore] = [performance.now(), await writeCount()]
  for (let i = 0; i < 200; i += 1) await api.get('/health/ready')
  const secondsMax = Math.ceil((performance.now() - beganAtMs) / 1_000)
  expect((await writeCount()) - writesBefore).toBeLessThanOrEqual(secondsMax + 1)
})
