import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi } from '../testing/start-test-api.fixture.ts'

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

test('with both stores it is ready, and says what an accepted order survives', async () => {
  const { api } = await startApiWithPostgresProxy()
  expect(expectSuccess(await api.get('/health/live'), 200, HealthLive)).toEqual({ status: 'live' })
  const ready = expectSuccess(await api.get('/health/ready'), 200, HealthReady)
  const remembered = { orders: 0, bytes: 0, dropped: 0 }
  expect(ready).toEqual({ status: 'ready', acknowledgementLevel: 'fsync', remembered })
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
  const problem = expectProblem(await api.get('/health/ready'), 'UNAVAILABLE')
  expect(problem.detail).toBe('Redis did not answer.')
  expectSuccess(await api.get('/health/live'), 200, HealthLive)
  stores.redis.kill('SIGCONT')
  await eventually(async () => expectSuccess(await api.get('/health/ready'), 200, HealthReady), {
    what: 'it to be ready',
  })
})

test('while Postgres is away, or silent, it is live and not ready, and is ready again afterwards', async () => {
  const { api, network } = await startApiWithPostgresProxy()
  expectSuccess(await api.get('/health/ready'), 200, HealthReady)
  for (const [fail, mend] of [
    [network.refuse, network.accept],
    [network.holdReplies, network.passAll],
  ] as const) {
    fail()
    const problem = expectProblem(await api.get('/health/ready'), 'UNAVAILABLE')
    expect(problem.detail).toBe('Postgres did not answer.')
    expectSuccess(await api.get('/health/live'), 200, HealthLive)
    mend()
    await eventually(async () => expectSuccess(await api.get('/health/ready'), 200, HealthReady), {
      what: 'it to be ready',
    })
  }
})
