import { expect, test } from 'vitest'
import { allFiles, readPage, readText, tableRows } from './markdown-pages.fixture.ts'

const sources = allFiles.filter((file) => /^(?:apps|packages)\/\w+\/src\/.*(?<!\.test|\.fixture)\.ts$/.test(file))
const listed = tableRows(readPage('docs/recover.md'))

interface Alarm {
  readonly level: string
  readonly line: string
}

/** What the calls of a logger at level 50 (error) and 60 (fatal) say. What is filled in is `...`. */
function alarmsIn(source: string): Alarm[] {
  return [...source.matchAll(/\b(?:logger|log)\.(error|fatal)\(/g)].map(({ 0: call, 1: name, index }) => {
    const given = argumentsFrom(source.slice(index + call.length))
    const [, quoted] = /(?:'([^'\n]+)'|`([^`]+)`)\s*,?\s*$/.exec(given)?.filter(Boolean) ?? []
    if (quoted === undefined) throw new Error(`no line is told by ${call}${given})`)
    return { level: name === 'fatal' ? '60' : '50', line: quoted.replaceAll(/\$\{[^}]+\}/g, '...') }
  })
}

function argumentsFrom(text: string): string {
  let depth = 1
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '(') depth += 1
    if (text[i] === ')') depth -= 1
    if (depth === 0) return text.slice(0, i)
  }
  return text
}

test('docs/recover.md says what every line of level 50 and 60 means, and lists no other', () => {
  const alarms = sources.flatMap((file) => alarmsIn(readText(file)))
  expect(alarms.length).toBeGreaterThan(5)
  const told = new Set(alarms.map(({ level, line }) => `${level} ${line}`))
  const documented = listed.filter(([level = '']) => /^[56]0$/.test(level)).map(([level, line]) => `${level} ${line}`)
  expect(documented.toSorted()).toEqual([...told].toSorted())
})
