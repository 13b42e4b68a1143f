import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutatedSource } from './mutate-source.ts'
import { scriptMutantFiles } from './script-mutants.ts'
import { sourceMutants } from './source-mutants.ts'

const workspace = new URL('../../../../', import.meta.url)

test.each(sourceMutants.map((mutant) => [mutant.name, mutant] as const))(
  'the guard "%s" stands in its file once, and the test that convicts its mutant is there',
  (_, mutant) => {
    const text = readFileSync(new URL(mutant.file, workspace), 'utf8')
    expect(mutatedSource(text, mutant)).not.toBe(text)
    expect(readFileSync(new URL(mutant.test, workspace), 'utf8')).toContain(`'${mutant.title}'`)
  },
)

test('a line that is not there, or there twice, is named', () => {
  const [mutant] = sourceMutants
  expect(() => mutatedSource('', mutant!)).toThrow(/has the line of a mutant 0 times/)
  expect(() => mutatedSource(mutant!.line + mutant!.line, mutant!)).toThrow(/has the line of a mutant 2 times/)
})

test('each mutant has its own name', () => {
  expect(new Set(sourceMutants.map(({ name }) => name)).size).toBe(sourceMutants.length)
})

const takesGuardsOut = /\btest(?:Script|Function|Every)Guards?\(|['`]mutant[: ]/

test('the run of mutants includes every test of apps and packages that takes guards out', () => {
  const folders = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(new URL(folder, workspace)).map((name) => `${folder}/${name}/src`),
  )
  // A package that was moved away may leave its build behind.
  const sources = folders.filter((folder) => existsSync(new URL(folder, workspace)))
  const testFiles = sources.flatMap((folder) =>
    readdirSync(new URL(folder, workspace), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `${folder}/${file}`),
  )
  const withMutants = testFiles.filter((file) => takesGuardsOut.test(readFileSync(new URL(file, workspace), 'utf8')))
  expect(scriptMutantFiles.toSorted()).toEqual(withMutants.toSorted())
})
