import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

/** A Lua script beside its typed wrapper. The header of the `.lua` file is the contract: KEYS, ARGV, reply. */
export interface LuaScript {
  readonly name: string
  readonly keyCount: number
  readonly lua: string
}

type ScriptCommand = (...args: (string | number)[]) => Promise<unknown>

const loadedInto = new WeakMap<Redis, Map<string, ScriptCommand>>()

/**
 * Reads a script file once, when the module that wraps it is loaded.
 * Wrappers name the file as `new URL('../src/NAME.lua', import.meta.url)`: true from `src` and from `dist` alike, so that
 * a build copies nothing.
 */
export function readLuaScript(name: string, keyCount: number, file: URL): LuaScript {
  return { name, keyCount, lua: readFileSync(file, 'utf8') }
}

/**
 * Runs a script by its SHA, sending its text only when this Redis does not know it yet. Never compensates: a rejected
 * promise says that the reply did not come, not that the script did not run.
 */
export function runLuaScript(
  redis: Redis,
  script: LuaScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  let commands = loadedInto.get(redis)
  if (!commands) loadedInto.set(redis, (commands = new Map()))
  let command = commands.get(script.name)
  if (!command) {
    const name = `flashsale:${script.name}`
    redis.defineCommand(name, { lua: script.lua, numberOfKeys: script.keyCount })
    const defined = (redis as unknown as Record<string, ScriptCommand>)[name]
    if (!defined) throw new Error(`ioredis did not define ${name}`)
    command = defined.bind(redis)
    commands.set(script.name, command)
  }
  return command(...keys, ...args)
}
