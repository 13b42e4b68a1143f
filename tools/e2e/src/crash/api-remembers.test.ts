import { cp, mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { judgeSaleAtRest } from '@flash-sale/kit/judge-sale'
import { storm } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { slow, startService, type Service, type ServiceSale } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

const stormCount = 300
const lateCount = 50
/** Accepted, and known to nobody but Redis and the API that accepted them. */
const unpersistedCount = 150
/** Enough for all: on a slow machine a ledger does not wait until every process has offered. */
const total = 600
const wantedCount = unpersistedCount + stormCount + lateCount

function acceptedCount({ history }: ServiceSale): number {
  return history.filter(({ outcome }) => outcome === 'ACCEPTED').length
}

/** The worker stands still, and its orders are accepted meanwhile; then a storm begins. */
async function stormWithoutWorker(sale: ServiceSale, apis: readonly App[], worker: App) {
  worker.kill('SIGSTOP')
  const places = apis.map((api) => sale.at(api))
  await storm(places, unpersistedCount, { prefix: 'early' })
  expect((await sale.stored()).rows.length).toBe(0)
  expect(acceptedCount(sale)).toBe(unpersistedCount)
  const selling = storm(places, stormCount, { arriveWithinMs: 2_500, pauseMs: 100, untilMs: 60_000 })
  return { places, selling }
}

async function openSale(service: Service) {
  const [one, other, worker] = await Promise.all([service.startApi(), service.startApi(), service.startWorker()])
  const sale = await service.openSale(one, { total, purchaseLimit: 1 })
  return { apis: [one, other], worker, sale }
}

test('Redis flushed in the middle of a storm loses no accepted order', slow, async () => {
  const service = await startService()
  const { apis, worker, sale } = await openSale(service)
  const { places, selling } = await stormWithoutWorker(sale, apis, worker)
  await service.redis.flushall()
  worker.kill('SIGCONT')
  await selling
  await storm(places, lateCount, { prefix: 'late' })
  await sale.becomesExact()
  expect(acceptedCount(sale)).toBe(wantedCount)
  expect((await sale.stored()).rows.filter(({ rejected }) => rejected)).toEqual([])
})

test('Redis started on an old copy of its folder in the middle of a storm loses no accepted order', slow, async () => {
  const service = await startService()
  const { apis, worker, sale } = await openSale(service)
  const { redis } = service.stores
  const copy = await mkdtemp(path.join(path.dirname(redis.dataDir), 'redis-copy-'))
  await cp(redis.dataDir, copy, { recursive: true })
  const { places, selling } = await stormWithoutWorker(sale, apis, worker)
  redis.kill('SIGKILL')
  await redis.exited
  const older = await startTestRedis({ port: redis.port, dataDir: copy })
  onTestFinished(older.stop)
  worker.kill('SIGCONT')
  await selling
  await storm(places, lateCount, { prefix: 'late' })
  await sale.becomesExact()
  expect(acceptedCount(sale)).toBe(wantedCount)
})

test('a replica promoted without the last writes loses no accepted order', slow, async () => {
  const service = await startService()
  const { redis: master, database } = service.stores
  const link = await startFaultProxy(master.port)
  onTestFinished(link.close)
  const replica = await startTestRedis({ extraArgs: ['--replicaof', '127.0.0.1', String(link.port)] })
  onTestFinished(replica.stop)
  const replicaRedis = new Redis(replica.url)
  onTestFinished(() => replicaRedis.disconnect())
  const isInSync = async () => /master_link_status:up/.test(await replicaRedis.info('replication'))
  await eventually(isInSync, { what: 'the replica to be in sync', timeoutMs: 20_000 })

  const proxy = await service.redisProxy()
  const between = { redis: proxy }
  const [one, worker] = await Promise.all([service.startApi(between), service.startWorker(between)])
  const sale = await service.openSale(one, { total, purchaseLimit: 1 })
  link.holdReplies()
  const { places, selling } = await stormWithoutWorker(sale, [one], worker)
  await replicaRedis.replicaof('NO', 'ONE')
  proxy.leadTo(replica.port)
  proxy.cut()
  master.kill('SIGKILL')
  worker.kill('SIGCONT')
  await selling
  await storm(places, lateCount, { prefix: 'late' })
  const { itemId, history } = sale
  expect(await judgeSaleAtRest({ itemId, history, redis: replicaRedis, databaseUrl: database.url })).toEqual([])
  expect(acceptedCount(sale)).toBe(wantedCount)
})
