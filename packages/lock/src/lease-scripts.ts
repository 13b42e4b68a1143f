import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import type { LockKeys } from './lock-keys.ts'

export type AcquireReply =
  | { readonly taken: true; readonly fence: bigint }
  | { readonly taken: false; readonly busyMs: number }

export type ReleaseOutcome = 'released' | 'lost'

const acquireScript = readLuaScript('lock:acquire', 5, new URL('../src/acquire.lua', import.meta.url))
const renewScript = readLuaScript('lock:renew', 1, new URL('../src/renew.lua', import.meta.url))
const readHolderScript = readLuaScript('lock:read-holder', 2, new URL('../src/read-holder.lua', import.meta.url))
const releaseScript = readLuaScript('lock:release', 4, new URL('../src/release.lua', import.meta.url))

/** What a holder that died leaves of its label ends by itself; a lease that lasts longer than this loses its label. */
const labelKeptMs = 24 * 60 * 60 * 1_000

/**
 * Takes the lease if it is free (and, with `aliveMs` above 0, this owner's turn). `label` says to people who took it. The fence counter
 * is deleted `fenceKeptMs` later; 0 keeps it for ever.
 */
export async function acquireLease(
  redis: Redis,
  keys: LockKeys,
  owner: string,
  leaseMs: number,
  aliveMs: number,
  label = '',
  fenceKeptMs = 0,
): Promise<AcquireReply> {
  const reply = await runLuaScript(
    redis,
    acquireScript,
    [keys.lock, keys.fence, keys.waiters, keys.seen, keys.holder],
    [owner, leaseMs, aliveMs, label, labelKeptMs, fenceKeptMs],
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

/** Who holds a lock, as they said, and until when unless they renew it. Only told: it may be over when it is read. */
export interface LockHolder {
  readonly owner: string
  /** What the holder called itself; undefined when it did not say. */
  readonly label: string | undefined
  /** Since when, in ms since 1970 by Redis' clock; known with the label. */
  readonly sinceMs: number | undefined
  readonly remainingMs: number
}

/** Reads who holds a lock; undefined when it is free. */
export async function readHolder(redis: Redis, keys: LockKeys): Promise<LockHolder | undefined> {
  const reply = await runLuaScript(redis, readHolderScript, [keys.lock, keys.holder], [])
  if (!Array.isArray(reply)) throw new Error(`read-holder.lua replied ${String(reply)}`)
  const [owner, left, told] = reply.map(String)
  if (owner === undefined) return undefined
  const remainingMs = Number(left) < 0 ? Infinity : Number(left)
  const [, since, label] = /^(\d+) (.*)$/su.exec(told ?? '') ?? []
  return { owner, label, sinceMs: since === undefined ? undefined : Number(since), remainingMs }
}

/** Gives up the lease and the place in the queue, whichever this owner has; wakes the waiters. */
export async function releaseLease(redis: Redis, keys: LockKeys, owner: string): Promise<ReleaseOutcome> {
  const names = [keys.lock, keys.waiters, keys.seen, keys.holder]
  const reply = await runLuaScript(redis, releaseScript, names, [owner, keys.channel])
  return Number(reply) === 1 ? 'released' : 'lost'
}
