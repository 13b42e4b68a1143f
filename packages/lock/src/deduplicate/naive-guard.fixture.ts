import type { Redis } from 'ioredis'

/** What articles print: whoever sets the key first does the work, and everybody else is told that it is done. */
export async function naiveGuard<T>(
  redis: Redis,
  request: string,
  windowMs: number,
  work: () => Promise<T>,
): Promise<T | 'a duplicate'> {
  const isFirst = await redis.set(`submitted:${request}`, '1', 'PX', windowMs, 'NX')
  return isFirst === 'OK' ? work() : 'a duplicate'
}
