import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
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

test('while Postgres is away, or silent, it is live and not ready, and is ready again afterwards', async () => {
  const { api, network } = await startApiWithPostgresProxy()
  await becomesReady(api)
  for (const [fail, mend] of [
    [network.refuse, network.accept],
    [network.holdReplies, network.passAll],
  ] as const) {
    fail()
    await saysOf(api, 'Postgres did not answer.')
    expectSuccess(await api.get('/health/live'), 200, HealthLive)
    mend()
    await becomesReady(api)
  }
})
