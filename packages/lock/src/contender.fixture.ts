import { Redis } from 'ioredis'
import { lockedBy } from './locked.ts'
import { createLocks } from './locks.ts'

/** Another process that wants locks: `tsx contender.fixture.ts REDIS_URL count N` or `... REDIS_URL hold NAME LEASE_MS`. */
const [, , redisUrl = '', job, ...args] = process.argv

const redis = new Redis(redisUrl)
const locks = createLocks(redis)
const Locked = lockedBy(locks, { leaseMs: 5_000, waitMs: 30_000 })

class Counter {
  /** Loses counts whenever two do this at once. */
  @Locked((counter: string) => counter)
  async increment(counter: string): Promise<void> {
    const value = Number(await redis.get(`value:${counter}`))
    await redis.set(`value:${counter}`, value + 1)
  }
}

async function hold(name: string, leaseMs: number): Promise<object> {
  const lock = await locks.acquire(name, { leaseMs })
  process.stdout.write('held\n')
  const { signal } = lock
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
  return { aborted: signal.aborted, reason: String(signal.reason), outcome: await lock.release() }
}

if (job === 'count') {
  const counter = new Counter()
  await Promise.all(Array.from({ length: Number(args[0]) }, () => counter.increment('counter')))
} else {
  process.stdout.write(`${JSON.stringify(await hold(args[0] ?? '', Number(args[1])))}\n`)
}

locks.close()
redis.disconnect()
