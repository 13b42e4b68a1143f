import { runLuaScript, type LuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { luaWithoutGuard } from './script-guards.ts'

export interface ScriptMutation {
  /** The name and file that the script is run under, and how many keys it takes. */
  readonly name: string
  readonly file: URL
  readonly keyCount: number
  /** The name of the guard, as the script or what it includes marks it. */
  readonly guard: string
}

/**
 * Makes one connection run a script without one of its guards: a mutant, with which a test proves that it can fail. Call it before the
 * connection runs that script for the first time.
 */
export async function mutateScript(redis: Redis, { name, file, keyCount, guard }: ScriptMutation): Promise<void> {
  const lua = luaWithoutGuard(file, guard)
  if (lua === undefined) throw new Error(`${name}.lua has no guard "${guard}"`)
  await installScripts(redis, [{ name, keyCount, lua }])
}

/** Makes one connection run these texts under these names, as long as it has not run them before. */
export async function installScripts(redis: Redis, scripts: readonly LuaScript[]): Promise<void> {
  for (const script of scripts) {
    // A connection keeps the first text that it is given under a name. On unused keys the script finds nothing to do.
    const keys = Array.from({ length: script.keyCount }, (_, i) => `{nobody}:${i}`)
    await runLuaScript(redis, script, keys, []).catch(() => undefined)
    await redis.del(...keys)
  }
}
