import { redisBytesOfUnit } from '@flash-sale/contract/live'
import { readRedisRoom } from '@flash-sale/runtime/redis-room'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { expect, test } from 'vitest'
import { withApi } from '../testing/start-test-api.fixture.ts'
import { createReadinessSight } from './readiness-sight.ts'

const api = withApi()

test('the clocks of both stores, the room in Redis and what an accepted order survives are seen', async () => {
  const sight = createReadinessSight(api.context)
  expect(sight.now).toMatchObject({ clock: null, redisRoom: null })
  await sight.look()
  const { clock, redisRoom, level } = sight.now
  expect(Math.abs(clock!.apartMs)).toBeLessThan(1_000)
  expect(clock).not.toHaveProperty('steppedAt')
  expect(redisRoom!.usedBytes).toBeGreaterThan(0)
  expect(redisRoom!.limitBytes).toBeGreaterThan(redisRoom!.usedBytes)
  expect(level).toBe('fsync')
  await api.orderRedis.config('SET', 'maxmemory', '64mb')
  expect(await readRedisRoom(api.orderRedis)).toMatchObject({ limitBytes: 64 * 1024 * 1024, isLimited: true })
  await api.orderRedis.config('SET', 'maxmemory', '0')
})

test('a step of the clock that opens sales is seen, and how large it was', async () => {
  // An hour more on this clock than on that of Redis looks as if the clock of Redis were set back an hour.
  let aheadMs = 0
  const sight = createReadinessSight(api.context, () => performance.now() + aheadMs)
  await sight.look()
  aheadMs = 3_600_000
  await sight.look()
  expect(Math.abs(sight.now.clock!.steppedMs! + aheadMs)).toBeLessThan(1_000)
  expect(sight.now.clock!.steppedAt).toBeDefined()
})

test('an answer of a clock that this process reads late, after a pause, is no step of the clock', async () => {
  let aheadMs = 0
  let pauseMs = 3_000
  const time = async () => {
    const ms = (await readRedisTime(api.context.readRedis)) + aheadMs
    // The process stands still between the answer and its reading.
    aheadMs += pauseMs
    return [Math.floor(ms / 1_000), Math.floor((ms % 1_000) * 1_000)]
  }
  const readRedis = Object.assign(Object.create(api.context.readRedis) as typeof api.context.readRedis, { time })
  const sight = createReadinessSight({ ...api.context, readRedis }, () => performance.now() + aheadMs)
  await sight.look()
  expect(sight.now.clock, 'not known').toBeNull()
  pauseMs = 0
  aheadMs += 2_000
  await sight.look()
  expect(sight.now.clock).not.toBeNull()
  expect(sight.now.clock).not.toHaveProperty('steppedAt')
})

test('an order with its unit takes no more of Redis than is reckoned, while no worker saves it', async () => {
  const { itemId } = await api.createItem({ total: 1_000_000, purchaseLimit: 1 })
  const place = (from: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, i) => {
        const buyer = `6f1c2f0e-0000-4000-8000-${String(from + i).padStart(12, '0')}`
        const orderId = deriveOrderId(itemId, buyer, 'key').short
        return new Promise<string>((resolve) =>
          api.context.batcher.reserve(itemId, { orderId, buyer, quantity: 1 }, ({ kind }) => resolve(kind)),
        )
      }),
    )
  // Makes the process know the item.
  await api.order('first', { itemId, quantity: 1 })
  // The first orders make the hashes large.
  await place(0, 2_000)
  const before = await readRedisRoom(api.orderRedis)
  const count = 10_000
  expect(new Set(await place(2_000, count))).toEqual(new Set(['RESERVED']))
  const after = await readRedisRoom(api.orderRedis)
  const bytesOfUnit = (after.usedBytes - before.usedBytes) / count
  console.log(`an order takes ${Math.round(bytesOfUnit)} bytes of Redis`)
  expect(bytesOfUnit).toBeLessThan(redisBytesOfUnit)
  expect(bytesOfUnit).toBeGreaterThan(redisBytesOfUnit / 4)
})
