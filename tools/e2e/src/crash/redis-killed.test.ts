import { expect, test } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import { placePatiently, storm, type PlaceOrder } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'

test('Redis killed in the middle of a storm and started again on its data loses no accepted order', slow, async () => {
  const service = await startService()
  const [one, other] = await Promise.all([service.startApi(), service.startApi(), service.startWorker()])
  const sale = await service.openSale(one, { total: 600, purchaseLimit: 1 })
  const { redis } = service.stores
  const acceptedCount = () => sale.history.filter(({ outcome }) => outcome === 'ACCEPTED').length
  const killedInTheStorm =
    (place: PlaceOrder): PlaceOrder =>
    async (wish) => {
      const answer = await place(wish)
      if (acceptedCount() === 100) redis.kill('SIGKILL')
      return answer
    }
  const apis = [one, other].map((api) => killedInTheStorm(sale.at(api)))

  const selling = storm(apis, 500, { arriveWithinMs: 3_000, pauseMs: 200 })
  await redis.exited
  const acceptedBefore = acceptedCount()
  await startTestRedis({ port: redis.port, dataDir: redis.dataDir })
  const answers = await selling

  expect(acceptedBefore).toBeLessThan(500)
  expect(answers.every(({ outcome }) => outcome === 'ACCEPTED')).toBe(true)
  // Enough for all: whoever was told otherwise, was told so by a ledger that nobody may believe.
  expect(new Set(sale.history.map(({ outcome }) => outcome))).not.toContain('SOLD_OUT')
  await sale.becomesExact()
  expect(await service.redis.hget(`{item:${sale.itemId}}:ledger`, 'epoch')).toBe('2')
  await storm(apis, 150, { prefix: 'late' })
  expect(acceptedCount()).toBe(600)
  await sale.becomesExact()
})

test(
  'a Redis that came back refuses with 503, never with "sold out" or "no such order", until its ledgers are rebuilt',
  slow,
  async () => {
    const service = await startService()
    const api = await service.startApi()
    const sale = await service.openSale(api, { total: 3, purchaseLimit: 1 })
    const place = sale.at(api)
    await storm([place], 3)
    const { redis } = service.stores
    redis.kill('SIGKILL')
    await redis.exited
    await startTestRedis({ port: redis.port, dataDir: redis.dataDir })
    const wish = { buyer: 'late', key: 'k', quantity: 1 }
    await eventually(async () => expect(await place(wish)).toMatchObject({ outcome: 'UNAVAILABLE' }), {
      what: 'the API to have found the Redis that came back',
    })
    const read = await service.ops(api).readOrder(sale.history[0]!.orderId!)
    expect(read).toMatchObject({ ok: false, problem: { code: 'UNAVAILABLE', status: 503 } })
    await service.startWorker()
    expect(await placePatiently([place], wish)).toMatchObject({ outcome: 'SOLD_OUT' })
    expect(sale.history.filter(({ outcome }) => outcome === 'SOLD_OUT')).toHaveLength(1)
    await sale.becomesExact()
  },
)
