import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { letters } from './letters.ts'
import { verdictLetters } from './reserve.ts'

const folder = new URL('.', import.meta.url)

/** The letters that the ledger scripts answer, by the script. */
function answeredLetters(): [script: string, letter: string][] {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.lua'))
  return scripts.flatMap((script) => {
    const text = readFileSync(new URL(script, folder), 'utf8').replaceAll(/--.*$/gm, '')
    return [...text.matchAll(/'([A-Z])'/g)].map((found): [string, string] => [script, found[1]!])
  })
}

test('each letter that a ledger script answers has one meaning, whichever the script', () => {
  const known = [...Object.keys(letters), ...Object.keys(verdictLetters)]
  expect(new Set(known).size).toBe(known.length)
  const answered = answeredLetters()
  expect(answered.length).toBeGreaterThan(20)
  expect(answered.filter(([, letter]) => !known.includes(letter))).toEqual([])
})
