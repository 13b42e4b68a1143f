import type { OpsFrame, StoreName } from '@flash-sale/contract/live'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { openStream, type OpenStream } from '../testing/open-stream.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

async function watch(api: TestApi): Promise<OpenStream> {
  const port = await listenOnFreePort(api.app)
  const stream = await openStream(`http://127.0.0.1:${port}/v1/ops/stream`, { bearer: testOpsKey })
  onTestFinished(stream.leave)
  return stream
}

async function turns({ events }: OpenStream, invariant: string): Promise<void> {
  const isSo = () => (events.at(-1)?.data as OpsFrame | undefined)?.items?.[0]?.invariant === invariant
  await eventually(isSo, { what: `the light to turn ${invariant}`, timeoutMs: 20_000 })
}

/** The stream goes on while this store is silent, says so, and repeats the last numbers. */
async function tellsSilent({ events }: OpenStream, store: StoreName, numbers: object): Promise<void> {
  const isSilent = () => {
    const { stores, items } = events.at(-1)!.data as OpsFrame
    expect(stores.find(({ name }) => name === store)).toMatchObject({ state: 'silent' })
    // A frame brings the items that changed.
    if (items[0]) expect(items[0]).toMatchObject({ ...numbers, invariant: 'unreadable', unread: { stores: [store] } })
  }
  await eventually(isSilent, { what: `${store} to be called silent` })
}

test('while Postgres is silent nothing is vouched for, no stream begins, and all goes on afterwards', async () => {
  const stores = await startTestStores()
  const observer = await startTestApi(stores)
  const { itemId } = await observer.createItem()
  const network = await startFaultProxy(Number(new URL(stores.database.url).port))
  const through = new URL(stores.database.url)
  through.port = String(network.port)
  const [api, late] = [
    await startTestApi(stores, { databaseUrl: through.href }),
    await startTestApi(stores, { databaseUrl: through.href }),
  ]
  const stream = await watch(api)
  await turns(stream, 'balanced')
  network.holdRequests()
  await turns(stream, 'unreadable')
  await tellsSilent(stream, 'postgres', { itemId, total: 10, available: 10 })
  expectProblem(await late.get('/v1/ops/stream', testOpsKey), 'UNAVAILABLE')
  network.passAll()
  await turns(stream, 'balanced')

  await Promise.all([api.close(), late.close(), observer.close()])
  expect(await stream.ended).toBe(true)
  await network.close()
  await stores.stop()
})

test('while Redis is frozen an item keeps its last numbers, the stream goes on, and sees it come back', async () => {
  const stores = await startTestStores()
  const api = await startTestApi(stores)
  const { itemId } = await api.createItem()
  const stream = await watch(api)
  await turns(stream, 'balanced')
  // Postgres does not know the order: without the last reading of Redis its units would be called available.
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  await turns(stream, 'settling')
  stores.redis.kill('SIGSTOP')
  await turns(stream, 'unreadable')
  await tellsSilent(stream, 'redis', { total: 10, available: 8, outboxUnits: 2, confirmedUnits: 0 })
  stores.redis.kill('SIGCONT')
  await turns(stream, 'settling')
  await api.close()
  expect(await stream.ended).toBe(true)
  await stores.stop()
})
