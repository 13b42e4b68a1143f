import { cp } from 'node:fs/promises'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { expect, onTestFinished, test } from 'vitest'

test('Redis that comes back with an older copy of its folder sells what Postgres says is left', slow, async () => {
  const service = await startService()
  const [api] = await Promise.all([service.startApi(), service.startWorker()])
  const sale = await service.openSale(api, { total: 100, purchaseLimit: 1 })
  const place = sale.at(api)
  await storm([place], 20, { prefix: 'before' })
  await sale.becomesExact()
  const { redis } = service.stores
  const copy = `${redis.dataDir}-copy`
  await cp(redis.dataDir, copy, { recursive: true })
  await storm([place], 20, { prefix: 'after' })
  await sale.becomesExact()

  redis.kill('SIGTERM')
  await redis.exited
  onTestFinished((await startTestRedis({ port: redis.port, dataDir: copy })).stop)

  await storm([place], 80, { prefix: 'later' })
  await sale.becomesExact()
  expect((await sale.stored()).rows.filter(({ active }) => active)).toHaveLength(100)
})
