import { eventually } from '@flash-sale/testing/eventually'
import { judgeSaleAtRest } from '@flash-sale/kit/judge-sale'
import { overHttp, storm } from '@flash-sale/kit/place-order'
import { startService } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

/** Processes are started twice here. */
const patient = { timeout: 240_000 }

test('a sale moves to an empty Redis once its outbox is empty, and no order is lost', patient, async () => {
  const service = await startService()
  const [api, worker] = await Promise.all([service.startApi(), service.startWorker()])
  const sale = await service.openSale(api, { total: 100, purchaseLimit: 1 })
  await storm([sale.at(api)], 40, { prefix: 'before' })
  const first = sale.history[0]!

  await api.stop()
  await eventually(async () => (await service.redis.xlen(`{item:${sale.itemId}}:outbox`)) === 0, {
    what: 'the outbox to be empty',
  })
  await worker.stop()
  const other = await startTestRedis()
  onTestFinished(other.stop)
  const [moved] = await Promise.all([
    service.startApi({ redisUrl: other.url }),
    service.startWorker({ redisUrl: other.url }),
  ])

  const redis = new Redis(other.url)
  onTestFinished(() => redis.disconnect())
  const { itemId, history } = sale
  const place = overHttp({ baseUrl: moved.url, itemId, tokenOf: buyerToken }, history)
  await storm([place], 80, { prefix: 'after' })
  expect(await place(first)).toMatchObject({ outcome: 'ACCEPTED', orderId: first.orderId })
  const databaseUrl = service.stores.database.url
  expect(await judgeSaleAtRest({ itemId, history, redis, databaseUrl })).toEqual([])
  expect(new Set(history.flatMap(({ outcome, orderId }) => (outcome === 'ACCEPTED' ? orderId : []))).size).toBe(100)
})
