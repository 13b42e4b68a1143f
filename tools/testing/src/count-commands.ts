import type { Redis } from 'ioredis'

/**
 * How many commands Redis ran while `work` was under way, those inside of scripts included, whoever sent them; without the signs of
 * life of connections, which come by the clock.
 */
export async function countCommands(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT')
  await work()
  const stats = await redis.info('commandstats')
  const own = /^cmdstat_(?:config\|resetstat|ping):/
  const calls = stats.split('\r\n').filter((line) => line.startsWith('cmdstat_') && !own.test(line))
  return calls.reduce((sum, line) => sum + Number(/calls=(\d+)/.exec(line)?.[1] ?? 0), 0)
}
