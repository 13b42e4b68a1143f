import { readFileSync, readdirSync } from 'node:fs'
import { readLuaText, type LuaScript } from '@flash-sale/runtime/lua-script'

/** A check in a Lua script: a line that ends in `-- guard: NAME`. */
export interface ScriptGuard {
  readonly file: string
  readonly name: string
}

const mark = /\s+-- guard: (.+)$/
// A line that says no, wherever in the script.
const check = /^\s*(?:if|elseif)\b.*\bthen return\b/

/** The guards of each script of a folder, in the order of the files. */
export function guardsOf(folder: URL): ScriptGuard[] {
  return linesOf(folder).flatMap(({ file, line }) => {
    const name = mark.exec(line)?.[1]
    return name === undefined ? [] : [{ file, name }]
  })
}

/** The lines of a folder's scripts that say no and are not marked as guards. */
export function unmarkedChecks(folder: URL): string[] {
  const unmarked = linesOf(folder).filter(({ line }) => check.test(line) && !mark.test(line))
  return unmarked.map(({ file, line }) => `${file}: ${line.trim()}`)
}

function linesOf(folder: URL): { file: string; line: string }[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.lua'))
  return files.toSorted().flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    return text.split('\n').map((line) => ({ file, line }))
  })
}

/** The text of a script, with what it includes, in which one guard never says no. Undefined when none of them has that guard. */
export function luaWithoutGuard(script: URL, guard: string, file?: string): string | undefined {
  let found = false
  const lua = readLuaText(script, (from) => {
    const text = readFileSync(from, 'utf8')
    if (file !== undefined && !from.pathname.endsWith(`/${file}`)) return text
    return text
      .split('\n')
      .map((line) => {
        if (mark.exec(line)?.[1] !== guard) return line
        found = true
        return disarmed(line)
      })
      .join('\n')
  })
  return found ? lua : undefined
}

/** The same line with a condition that never says no. */
function disarmed(line: string): string {
  const [code = ''] = line.split(mark)
  const changed = code
    .replace(/^(\s*(?:else)?if) .* then\b/, '$1 false then')
    .replace(/^(\s*)and .*$/, '$1and true')
    .replace(/^(\s*)or .*$/, '$1or false')
  if (changed === code) throw new Error(`a guard begins with if, elseif, and, or or: ${line.trim()}`)
  return changed
}

/** Every script of a folder that Redis runs, with its name and how many keys its header lists; not the included ones. */
export function scriptsOf(folder: URL, prefix = ''): (LuaScript & { readonly file: URL })[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.lua') && !name.endsWith('-preamble.lua'))
  return files.toSorted().map((name) => {
    const file = new URL(name, folder)
    const header = /^-- KEYS(.*?)^-- (?:ARGV|Reply)/ms.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
    const keyCount = [...header.matchAll(/(?:^|\s)\d+ +[a-z]/g)].length
    return { name: prefix + name.replace(/\.lua$/, ''), keyCount, lua: readLuaText(file), file }
  })
}
