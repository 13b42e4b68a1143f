import { readLuaText, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'

export interface ScriptMutation {
  /** The name and file that the script is run under, and how many keys it takes. */
  readonly name: string
  readonly file: URL
  readonly keyCount: number
  readonly piece: string
  readonly replacement: string
}

/**
 * Makes one connection run a changed script: a mutant, with which a test proves that it can fail. To be called before the
 * connection runs that script for the first time.
 */
export async function mutateScript(redis: Redis, mutation: ScriptMutation): Promise<void> {
  const { name, file, keyCount, piece, replacement } = mutation
  const lua = readLuaText(file)
  if (!lua.includes(piece)) throw new Error(`${name}.lua does not contain "${piece}"`)
  const mutant = { name, keyCount, lua: lua.replace(piece, () => replacement) }
  // A connection keeps the first text that it is given under a name. On keys of nobody's the script finds nothing to do.
  const keys = Array.from({ length: keyCount }, (_, i) => `{nobody}:${i}`)
  await runLuaScript(redis, mutant, keys, []).catch(() => undefined)
}
