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
  return { name, keyCount, lua: readLuaText(file) }
}

/**
 * The text that Redis runs: each line `-- include: OTHER.lua` stands for the file of that name beside this one. An included file becomes
 * one line without its comments, so that line numbers in errors of Redis are those of the including file. It includes nothing itself.
 */
export function readLuaText(file: URL, read = (from: URL) => readFileSync(from, 'utf8')): string {
  return read(file).replaceAll(/^-- include: (\S+)$/gm, (_line, name: string) => oneLine(read(new URL(name, file))))
}

function oneLine(lua: string): string {
  return lua
    .replaceAll(/(?:^|\s)-- .*$/gm, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
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
  return commandOf(redis, script)(...keys, ...args)
}

/** Runs a script that takes no arguments once for each set of keys, in one pipeline. Rejects when one of them failed. */
export async function runLuaScriptForEach(
  redis: Redis,
  script: LuaScript,
  keySets: readonly (readonly string[])[],
): Promise<unknown[]> {
  commandOf(redis, script)
  const pipeline = redis.pipeline()
  const commands = pipeline as unknown as Record<string, (...keys: string[]) => unknown>
  for (const keys of keySets) commands[commandName(script)]?.(...keys)
  const replies = (await pipeline.exec()) ?? []
  return Promise.all(
    replies.map(([error, reply], i) => {
      if (!error) return reply
      // A pipeline does not send the text to a Redis that forgot it.
      if (/^NOSCRIPT\b/.test(error.message)) return runLuaScript(redis, script, keySets[i]!, [])
      throw error
    }),
  )
}

function commandOf(redis: Redis, script: LuaScript): ScriptCommand {
  let commands = loadedInto.get(redis)
  if (!commands) loadedInto.set(redis, (commands = new Map()))
  let command = commands.get(script.name)
  if (!command) {
    const name = commandName(script)
    redis.defineCommand(name, { lua: script.lua, numberOfKeys: script.keyCount })
    const defined = (redis as unknown as Record<string, ScriptCommand>)[name]
    if (!defined) throw new Error(`ioredis did not define ${name}`)
    command = defined.bind(redis)
    commands.set(script.name, command)
  }
  return command
}

function commandName({ name }: LuaScript): string {
  return `flashsale:${name}`
}
