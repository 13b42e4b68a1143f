import { createLocks } from '@flash-sale/lock/locks'
import { createMetrics } from '@flash-sale/runtime/metrics'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { expect, onTestFinished, test } from 'vitest'
import { registerLockMetrics } from './lock-metrics.ts'

test('the metrics tell how often item locks were taken, refused and lost, and how many are held', async () => {
  const { redis, close } = await connectTestRedis()
  const locks = createLocks(redis)
  onTestFinished(async () => {
    locks.close()
    await close()
  })
  const registry = createMetrics()
  registerLockMetrics(registry)
  const held = await locks.acquire('item:7', { leaseMs: 20_000 })
  await locks.tryAcquire('item:7', { leaseMs: 20_000 })
  const lost = await locks.acquire('item:8', { leaseMs: 20_000 })
  await redis.del('{item:8}:lock')
  await lost.release()
  const lines = (await registry.metrics()).split('\n')
  expect(lines).toContain('flash_sale_lock_acquisitions_total{outcome="acquired"} 2')
  expect(lines).toContain('flash_sale_lock_acquisitions_total{outcome="timedOut"} 1')
  expect(lines).toContain('flash_sale_lock_lost_total 1')
  expect(lines).toContain('flash_sale_locks_held 1')
  await held.release()
  expect((await registry.metrics()).split('\n')).toContain('flash_sale_locks_held 0')
})
