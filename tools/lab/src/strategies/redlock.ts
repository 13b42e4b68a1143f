import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

const deleteIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
/** A master that takes longer than this to answer does not count. */
const answerMs = 50

async function saysYes(vote: Promise<unknown>): Promise<boolean> {
  const yes = vote.then((reply) => reply === 'OK').catch(() => false)
  return Promise.race([yes, sleep(answerMs, false)])
}

export function open(shop: Shop): Sell {
  const { masters, lock, leaseMs, waitMs, at } = shop
  const majority = Math.floor(masters.length / 2) + 1
  const driftMs = leaseMs * 0.01 + 2

  const release = (token: string) =>
    Promise.all(masters.map((master) => saysYes(master.eval(deleteIfMine, 1, lock, token))))

  async function tryLock(token: string): Promise<boolean> {
    const startedAt = performance.now()
    const votes = await Promise.all(masters.map((master) => saysYes(master.set(lock, token, 'PX', leaseMs, 'NX'))))
    const validMs = leaseMs - (performance.now() - startedAt) - driftMs
    if (votes.filter(Boolean).length >= majority && validMs > 0) return true
    await release(token)
    return false
  }

  return async () => {
    const token = randomUUID()
    if (!(await patiently(waitMs, () => tryLock(token)))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      await release(token)
      await at('after it released the lock')
    }
  }
}
