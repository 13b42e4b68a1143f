import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { judgeSale } from '@flash-sale/kit/judge-sale'
import { storm } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startTestReplica } from '@flash-sale/testing/test-replica'

/**
 * A storm whose master is cut off from its replica, sells on for a while, and dies with the processes that sold; then its replica is
 * promoted. Until then no worker runs, so that every order is in Redis alone. Resolves with what the history checker finds.
 */
async function sellThroughPromotion(level: 'fsync' | 'replicated') {
  const service = await startService()
  const { redis, database } = service.stores
  const address = await service.redisProxy()
  const replication = await startFaultProxy(redis.port)
  onTestFinished(replication.close)
  const replica = await startTestReplica(service.redis, replication.port)
  // The promoted one has a replica of its own, so that sales go on.
  const next = await startTestReplica(replica.redis, replica.server.port)
  onTestFinished(async () => void (await Promise.all([replica.close(), next.close()])))
  const startApi = () => service.startApi({ redis: address, env: { ACKNOWLEDGEMENT_LEVEL: level } })
  const apis = await Promise.all([startApi(), startApi()])
  const sale = await service.openSale(apis[0], { total: 400, purchaseLimit: 1 })
  const places = apis.map((api) => sale.at(api))
  const accepted = () => sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')

  await storm(places, 100, { prefix: 'early' })
  const selling = storm(places, 200, { arriveWithinMs: 2_000, prefix: 'late', untilMs: 2_000 })
  await eventually(() => accepted().length > 120, { what: 'the storm' })
  replication.holdReplies()
  await sleep(1_500)
  for (const process of [redis, ...apis]) process.kill('SIGKILL')
  await selling
  await replica.promote()
  address.leadTo(replica.server.port)
  const api = await startApi()
  await service.startWorker({ redis: address })
  const answers = await storm([sale.at(api)], 50, { prefix: 'after' })
  expect(answers.every(({ outcome }) => outcome === 'ACCEPTED')).toBe(true)
  const isPersisted = async () => (await replica.redis.xlen(`{item:${sale.itemId}}:outbox`)) === 0
  await eventually(isPersisted, { what: 'the orders to be persisted', timeoutMs: 30_000 })
  return judgeSale({ itemId: sale.itemId, history: sale.history, redis: replica.redis, databaseUrl: database.url })
}

test(
  'at level replicated no accepted order is lost when the master dies and its replica is promoted',
  slow,
  async () => {
    expect(await sellThroughPromotion('replicated')).toEqual([])
  },
)

test('mutant: at level fsync the same loses accepted orders, and the checker convicts it', slow, async () => {
  const violations = await sellThroughPromotion('fsync')
  expect(violations.map(({ fault }) => fault)).toContain('LOST')
})
