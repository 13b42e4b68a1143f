import type { Redis } from 'ioredis'

const key = '{flash-sale}:numbers'

/** The largest numbers of items and sales that this Redis has seen; 0 when none. */
export async function readNumbers(redis: Redis): Promise<{ item: number; sale: number }> {
  const [item, sale] = await redis.zmscore(key, 'item', 'sale')
  return { item: Number(item ?? 0), sale: Number(sale ?? 0) }
}

/** Raises them to these; smaller ones change nothing. */
export async function noteNumbers(redis: Redis, { item, sale }: { item: number; sale: number }): Promise<void> {
  await redis.zadd(key, 'GT', item, 'item', sale, 'sale')
}
