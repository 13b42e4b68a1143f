import { setTimeout as sleep } from 'node:timers/promises'
import { ItemView } from '@flash-sale/contract/sales'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi } from '../testing/start-test-api.fixture.ts'

test('after a failover an order is unavailable, never not found, until the reads have followed to the new master', async () => {
  const [stores, newMaster] = await Promise.all([startTestStores(), startTestRedis()])
  const address = await startFaultProxy(stores.redis.port)
  const replication = await startFaultProxy(newMaster.port)
  const oldMaster = new Redis(stores.redis.url)
  const through = new URL(stores.redis.url)
  through.port = String(address.port)
  const api = await startTestApi(stores, { redisUrl: through.href })
  onTestFinished(async () => {
    replication.passAll()
    oldMaster.disconnect()
    await api.close()
    await Promise.all([address.close(), replication.close()])
    await Promise.all([newMaster.stop(), stores.stop()])
  })
  const { itemId } = await api.createItem({ total: 10 })

  // The standing connections stay at the old master, which is now a replica, and soon a late one.
  await oldMaster.replicaof('127.0.0.1', replication.port)
  await eventually(async () => /master_link_status:up/.test(await oldMaster.info('replication')), {
    what: 'the old master to be a replica',
    timeoutMs: 20_000,
  })
  const other = await startTestApi({ ...stores, redis: newMaster })
  onTestFinished(other.close)
  // A moment ago the old one was seen alive: until then the new one is a second one.
  const isJoined = async () => {
    expectSuccess(await other.operate(`/v1/ops/items/${itemId}/rebuild`), 200, ItemView)
  }
  await eventually(isJoined, { what: 'the new master to be joined', intervalMs: 200 })
  const replicated = async () => (await oldMaster.hget(ledgerKeys(itemId).ledger, 'epoch')) === '2'
  await eventually(replicated, { what: 'the rebuilt ledger to be replicated' })
  replication.holdReplies()
  const { orderId } = expectSuccess(await other.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  // For longer than the watch takes to connect anew, which leads to the old master yet.
  for (let i = 0; i < 25; i += 1) {
    expectProblem(await api.readOrder('ann', orderId), 'UNAVAILABLE')
    await sleep(100)
  }

  address.leadTo(newMaster.port)
  const answers = new Set<number>()
  const isFound = async () => {
    const { statusCode } = await api.readOrder('ann', orderId)
    answers.add(statusCode)
    return statusCode === 200
  }
  await eventually(isFound, { what: 'the order to be found', timeoutMs: 30_000 })
  expect(answers).not.toContain(404)
}, 120_000)
