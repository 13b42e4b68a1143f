import { runLuaScript, type LuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { luaWithoutGuard } from './script-guards.ts'

export interface ScriptMutation {
  /** The name, the file and the number of keys of the script. */
  readonly name: string
  readonly file: URL
  readonly keyCount: number
  /** The name of the guard in the script, or in a file that it includes. */
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

/** Makes one connection run these texts under these names. The connection must not have run scripts of these names before. */
export async function installScripts(redis: Redis, scripts: readonly LuaScript[]): Promise<void> {
  for (const script of scripts) {
    // A connection keeps the first text of a name. The script runs on unused keys, to register the mutant first.
    const keys = Array.from({ length: script.keyCount }, (_, i) => `{nobody}:${i}`)
    await runLuaScript(redis, script, keys, []).catch(() => undefined)
    await redis.del(...keys)
  }
}
