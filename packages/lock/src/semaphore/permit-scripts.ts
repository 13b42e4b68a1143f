import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import type { ReleaseOutcome } from '../lease-scripts.ts'

/** The Redis names of one semaphore. */
export interface SemaphoreKeys {
  readonly permits: string
  readonly channel: string
}

export function semaphoreKeys(prefix: string): SemaphoreKeys {
  return { permits: `${prefix}:permits`, channel: `${prefix}:permits:returned` }
}

const read = (name: string) =>
  readLuaScript(`semaphore:${name}`, 1, new URL(`../../src/semaphore/${name}.lua`, import.meta.url))
const takeScript = read('take-permit')
const renewScript = read('renew-permit')
const returnScript = read('return-permit')

export type TakeReply = { readonly taken: true } | { readonly taken: false; readonly busyMs: number }

/** Takes a permit if fewer than `limit` are taken. */
export async function takePermit(
  redis: Redis,
  { permits }: SemaphoreKeys,
  owner: string,
  leaseMs: number,
  limit: number,
): Promise<TakeReply> {
  const reply = await runLuaScript(redis, takeScript, [permits], [owner, leaseMs, limit])
  if (!Array.isArray(reply)) throw new Error(`take-permit.lua replied ${String(reply)}`)
  return Number(reply[0]) === 1 ? { taken: true } : { taken: false, busyMs: Number(reply[1]) }
}

/** True if the permit was this owner's and now lasts `leaseMs` more. */
export async function renewPermit(
  redis: Redis,
  { permits }: SemaphoreKeys,
  owner: string,
  leaseMs: number,
): Promise<boolean> {
  return Number(await runLuaScript(redis, renewScript, [permits], [owner, leaseMs])) === 1
}

/** Gives a permit back and wakes the waiters. */
export async function returnPermit(
  redis: Redis,
  { permits, channel }: SemaphoreKeys,
  owner: string,
): Promise<ReleaseOutcome> {
  return Number(await runLuaScript(redis, returnScript, [permits], [owner, channel])) === 1 ? 'released' : 'lost'
}
