import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { releaseLease, renewLease, type ReleaseOutcome } from '../lease-scripts.ts'
import type { LockKeys } from '../lock-keys.ts'
import { createReleaseNotices, type ReleaseNotices } from '../release-notices.ts'

export type Vote =
  | { readonly isGiven: true }
  | { readonly isGiven: false; readonly owner: string; /** When it ends by itself. */ readonly busyMs: number }

/** One of the masters that vote on who has a lock. It knows nothing of the others. */
export interface Master {
  vote(keys: LockKeys, owner: string, leaseMs: number): Promise<Vote>
  /** False if the vote is not this owner's any more: it is never given anew. */
  renew(keys: LockKeys, owner: string, leaseMs: number): Promise<boolean>
  /** Ends a lease, and wakes the waiters. */
  release(keys: LockKeys, owner: string): Promise<ReleaseOutcome>
  /** Gives back a vote that made no majority. Wakes nobody. */
  returnVote(keys: LockKeys, owner: string): Promise<void>
  readonly notices: ReleaseNotices
}

const takeScript = readLuaScript('redlock:take-vote', 1, new URL('../../src/redlock/take-vote.lua', import.meta.url))
const returnScript = readLuaScript(
  'redlock:return-vote',
  1,
  new URL('../../src/redlock/return-vote.lua', import.meta.url),
)

export function createMaster(redis: Redis): Master {
  return {
    async vote(keys, owner, leaseMs) {
      const reply = await runLuaScript(redis, takeScript, [keys.lock], [owner, leaseMs])
      if (!Array.isArray(reply)) throw new Error(`take-vote.lua replied ${String(reply)}`)
      const [given, busy, holder = ''] = reply.map(String)
      if (given === '1') return { isGiven: true }
      return { isGiven: false, owner: holder, busyMs: Number(busy) < 0 ? Infinity : Number(busy) }
    },
    renew: (keys, owner, leaseMs) => renewLease(redis, keys, owner, leaseMs),
    release: (keys, owner) => releaseLease(redis, keys, owner),
    async returnVote(keys, owner) {
      await runLuaScript(redis, returnScript, [keys.lock], [owner])
    },
    notices: createReleaseNotices(redis),
  }
}
