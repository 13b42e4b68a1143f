import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'

const read = (name: string) =>
  readLuaScript(`deduplicate:${name}`, 1, new URL(`../../src/deduplicate/${name}.lua`, import.meta.url))
const beginScript = read('begin-answer')
const keepScript = read('keep-answer')

/**
 * The answer that was kept for a request that came `waitedMs` ago; undefined if there is none, and then the request is marked as begun.
 */
export async function beginAnswer(
  redis: Redis,
  lastKey: string,
  digest: string,
  owner: string,
  markMs: number,
  waitedMs: number,
): Promise<string | undefined> {
  const reply = await runLuaScript(redis, beginScript, [lastKey], [digest, owner, markMs, Math.ceil(waitedMs)])
  if (!Array.isArray(reply)) throw new Error(`begin-answer.lua replied ${String(reply)}`)
  return Number(reply[0]) === 1 ? String(reply[1]) : undefined
}

/** True if the answer was kept, for requests that come within `windowMs` and wait for their turn up to `waitMs`. */
export async function keepAnswer(
  redis: Redis,
  lastKey: string,
  digest: string,
  owner: string,
  answer: string,
  windowMs: number,
  waitMs: number,
): Promise<boolean> {
  return Number(await runLuaScript(redis, keepScript, [lastKey], [digest, owner, answer, windowMs, waitMs])) === 1
}
