import type { Redis } from 'ioredis'

const losses = new WeakMap<Redis, { count: number }>()

/** How often this connection broke since it was first asked about. Equal before and after a command: it was sent once. */
export function connectionLossCount(redis: Redis): number {
  let lost = losses.get(redis)
  if (!lost) {
    const counter = { count: 0 }
    redis.on('close', () => (counter.count += 1))
    losses.set(redis, (lost = counter))
  }
  return lost.count
}
