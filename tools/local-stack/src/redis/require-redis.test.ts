import { expect, test } from 'vitest'
import { requireRedis } from './require-redis.ts'

test('a Redis that was named and is not there is told in one line, instead of being waited for', async () => {
  await expect(requireRedis('redis://127.0.0.1:1', 200)).rejects.toThrow(
    /^Redis at 127\.0\.0\.1:1 was not ready within 200 ms: .*ECONNREFUSED.*; start it, or correct REDIS_URL$/,
  )
})
