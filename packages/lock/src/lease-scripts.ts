import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import type { LockKeys } from './lock-keys.ts'

export type AcquireReply =
  | { readonly taken: true; readonly fence: bigint }
  | { readonly taken: false; readonly busyMs: number }

export type ReleaseOutcome = 'released' | 'lost'

const acquireScript = readLuaScript('lock:acquire', 4, new URL('../src/acquire.lua', import.meta.url))
const renewScript = readLuaScript('lock:renew', 1, new URL('../src/renew.lua', import.meta.url))
const releaseScript = readLuaScript('lock:release', 3, new URL('../src/release.lua', import.meta.url))

/** Takes the lease if it is free (and, with `aliveMs` above 0, this owner's turn). */
export async function acquireLease(
  redis: Redis,
  keys: LockKeys,
  owner: string,
  leaseMs: number,
  aliveMs: number,
): Promise<AcquireReply> {
  const reply = await runLuaScript(
    redis,
    acquireScript,
    [keys.lock, keys.fence, keys.waiters, keys.seen],
    [owner, leaseMs, aliveMs],
  )
  if (!Array.isArray(reply) || reply.length !== 2) throw new Error(`acquire.lua replied ${String(reply)}`)
  const [taken = '', detail = ''] = reply.map(String)
  if (taken === '1') return { taken: true, fence: BigInt(detail) }
  const busyMs = Number(detail)
  return { taken: false, busyMs: busyMs < 0 ? Infinity : busyMs }
}

/** True if the lease was this owner's and now lasts `leaseMs` more. */
export async function renewLease(redis: Redis, keys: LockKeys, owner: string, leaseMs: number): Promise<boolean> {
  return Number(await runLuaScript(redis, renewScript, [keys.lock], [owner, leaseMs])) === 1
}

/** Gives up the lease and the place in the queue, whichever this owner has; wakes the waiters. */
export async function releaseLease(redis: Redis, keys: LockKeys, owner: string): Promise<ReleaseOutcome> {
  const reply = await runLuaScript(redis, releaseScript, [keys.lock, keys.waiters, keys.seen], [owner, keys.channel])
  return Number(reply) === 1 ? 'released' : 'lost'
}
