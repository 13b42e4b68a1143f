import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { HealthReady } from '@flash-sale/contract/health'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestReplica } from '@flash-sale/testing/test-replica'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { expectAnyProblem, expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApiOptions } from '../testing/start-test-api.fixture.ts'

/** Two processes at level `replicated`, whose Redis has one replica. */
async function startReplicated(options: TestApiOptions = {}) {
  const stores = await startTestStores()
  const master = new Redis(stores.redis.url)
  const replica = await startTestReplica(master, stores.redis.port)
  const demand = { level: 'replicated', replicaCount: 1 } as const
  const start = (more: TestApiOptions = {}) => startTestApi(stores, { demand, judgeEveryMs: 50, ...more })
  const [api, other] = await Promise.all([start(options), start()])
  onTestFinished(async () => {
    replica.server.kill('SIGCONT')
    master.disconnect()
    await Promise.all([api.close(), other.close()])
    await Promise.all([replica.close(), stores.stop()])
  })
  const isReady = async () => expectSuccess(await api.get('/health/ready'), 200, HealthReady)
  await eventually(isReady, { what: 'the API to be ready' })
  return { stores, replica, api, other, isReady }
}

test('an order is accepted once the replica has it, and the level is shown', async () => {
  const { replica, api, other, isReady } = await startReplicated()
  expect(await isReady()).toMatchObject({ status: 'ready', acknowledgementLevel: 'replicated' })
  const { itemId } = await api.createItem()
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }, 'k'), 202, OrderAccepted)
  expect(await replica.redis.xlen(`{item:${itemId}}:outbox`)).toBe(1)
  const again = await other.order('ann', { itemId, quantity: 1 }, 'k')
  expect(expectSuccess(again, 202, OrderAccepted).orderId).toBe(orderId)
  expect(again.headers['idempotent-replayed']).toBe('true')
  expectProblem(await api.order('bob', { itemId, quantity: 3 }), 'LIMIT_REACHED')
})

test('an order that the replica does not get in time is unknown and stands, also where it is sent again, until the replica has it', async () => {
  const { replica, api, other } = await startReplicated()
  const { itemId } = await api.createItem()
  replica.server.kill('SIGSTOP')
  const { orderId } = expectProblem(await api.order('ann', { itemId, quantity: 1 }, 'k'), 'OUTCOME_UNKNOWN')
  expect(expectSuccess(await other.readOrder('ann', orderId!), 200, OrderView).status).toBe('accepted')
  // This process wrote nothing: for WAIT alone every replica would have all of it.
  expect(expectAnyProblem(await other.order('ann', { itemId, quantity: 1 }, 'k')).status).toBe(503)
  replica.server.kill('SIGCONT')
  const answer = await eventually(
    async () => {
      const again = await other.order('ann', { itemId, quantity: 1 }, 'k')
      return again.statusCode === 202 && again
    },
    { what: 'the order to be confirmed by the replica', timeoutMs: 20_000 },
  )
  expect(expectSuccess(answer || undefined!, 202, OrderAccepted).orderId).toBe(orderId)
  expect(await api.audit(itemId)).toMatchObject({ available: 9, outboxUnits: 1, balanced: true })
})

test('an order whose connection breaks while the replica is waited for is not taken for replicated', async () => {
  const stores = await startTestStores()
  const network = await startFaultProxy(stores.redis.port)
  const master = new Redis(stores.redis.url)
  const replica = await startTestReplica(master, stores.redis.port)
  const api = await startTestApi(stores, {
    demand: { level: 'replicated', replicaCount: 1 },
    redisUrl: `redis://127.0.0.1:${network.port}`,
  })
  onTestFinished(async () => {
    replica.server.kill('SIGCONT')
    master.disconnect()
    await api.close()
    await network.close()
    await Promise.all([replica.close(), stores.stop()])
  })
  const { itemId } = await api.createItem()
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  replica.server.kill('SIGSTOP')
  const waiting = network.requestSeen((bytes) => bytes.includes('\r\nwait\r\n'))
  const asked = api.order('ann', { itemId, quantity: 1 })
  await waiting
  network.cut()
  expect(expectAnyProblem(await asked).status).toBe(503)
  expect(await api.audit(itemId)).toMatchObject({ available: 8, outboxUnits: 2, balanced: true })
})

test('while too few replicas are connected it is not ready and refuses orders with the reason, and goes on by itself', async () => {
  const { stores, replica, api, isReady } = await startReplicated()
  const { itemId } = await api.createItem()
  await replica.promote()
  const reason = /0 of its 1 replicas \(REDIS_REPLICA_COUNT\) are connected/
  await eventually(
    async () => expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toMatch(reason),
    { what: 'it not to be ready' },
  )
  expect(expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'UNAVAILABLE').detail).toMatch(reason)
  await replica.redis.replicaof('127.0.0.1', stores.redis.port)
  await eventually(isReady, { what: 'it to be ready again', timeoutMs: 30_000 })
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
})
