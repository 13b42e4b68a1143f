import type { Redis } from 'ioredis'

/**
 * The number of commands that Redis ran during `work`, from any client, including the commands inside of scripts. Pings are not
 * counted: connections send them by the clock.
 */
export async function countCommands(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT')
  await work()
  const stats = await redis.info('commandstats')
  const own = /^cmdstat_(?:config\|resetstat|ping):/
  const calls = stats.split('\r\n').filter((line) => line.startsWith('cmdstat_') && !own.test(line))
  return calls.reduce((sum, line) => sum + Number(/calls=(\d+)/.exec(line)?.[1] ?? 0), 0)
}
