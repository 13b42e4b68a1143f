import { readFileSync, readdirSync } from 'node:fs'
import { readLuaText, type LuaScript } from '@flash-sale/runtime/lua-script'

/** A check in a Lua script or a SQL function: a line that ends in `-- guard: NAME`. */
export interface Guard {
  readonly file: string
  readonly name: string
}

const mark = /\s+-- guard: (.+)$/
/** Lines that say no, wherever in the script: in Lua an early return, in SQL a clause that swallows a conflict. */
const checks = {
  '.lua': /^\s*(?:if|elseif)\b.*\bthen return\b/,
  '.sql': /\bDO NOTHING\b|\bWHEN \w+_violation\b/,
}

/** The guards of each file of a folder with this extension, in the order of the files. */
export function guardsOf(folder: URL, extension: '.lua' | '.sql'): Guard[] {
  return linesOf(folder, extension).flatMap(({ file, line }) => {
    const name = mark.exec(line)?.[1]
    return name === undefined ? [] : [{ file, name }]
  })
}

/** The lines of a folder's scripts that say no and are not marked as guards. */
export function unmarkedChecks(folder: URL, extension: '.lua' | '.sql'): string[] {
  const unmarked = linesOf(folder, extension).filter(({ line }) => checks[extension].test(line) && !mark.test(line))
  return unmarked.map(({ file, line }) => `${file}: ${line.trim()}`)
}

function linesOf(folder: URL, extension: string): { file: string; line: string }[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(extension))
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
    const mutant = withoutGuard(text, guard)
    found ||= mutant !== undefined
    return mutant ?? text
  })
  return found ? lua : undefined
}

/** A text in which one guard never says no; undefined when it has no such guard. */
export function withoutGuard(text: string, guard: string): string | undefined {
  const lines = text.split('\n')
  if (!lines.some((line) => mark.exec(line)?.[1] === guard)) return undefined
  return lines.map((line) => (mark.exec(line)?.[1] === guard ? disarmed(line) : line)).join('\n')
}

/** The same line with a condition that never says no. */
function disarmed(line: string): string {
  const [code = ''] = line.split(mark)
  const changed = code
    .replace(/^(\s*(?:else)?if) .* then\b/, '$1 false then')
    .replace(/^(\s*)and .*$/, '$1and true')
    .replace(/^(\s*)or .*$/, '$1or false')
    .replace(/^(\s*)AND .*$/, '$1AND TRUE')
    .replace(/^(\s*)OR .*$/, '$1OR FALSE')
    // A condition that no statement here raises.
    .replace(/^(\s*)WHEN \w+_violation THEN\b/, '$1WHEN assert_failure THEN')
    .replace(/^(\s*)WHEN (?!assert_failure).*?( THEN .*)?$/, '$1WHEN FALSE$2')
    .replace(/\bON CONFLICT \([\w, ]+\) DO NOTHING\b/, '')
    .replace(/\bFOR NO KEY UPDATE\b/, '')
  if (changed === code) throw new Error(`this line has none of the forms of a guard: ${line.trim()}`)
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
