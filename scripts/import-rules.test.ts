import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { allFiles, readText } from './markdown-pages.fixture.ts'

/*
 * `pnpm check` lints the imports of the workspace. These tests plant wrong imports in an empty workspace, and see that the same rules find
 * them. So a rule that no longer works does not go unnoticed.
 */

const repository = fileURLToPath(new URL('..', import.meta.url))
const oxlint = path.join(repository, 'node_modules/.bin/oxlint')
let workspace = ''

beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'import-rules-'))
  onTestFinished(() => rm(workspace, { recursive: true }))
  await cp(path.join(repository, '.oxlintrc.json'), path.join(workspace, '.oxlintrc.json'))
})

async function plant(file: string, imported: string): Promise<void> {
  const target = path.join(workspace, file)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, `import type { Other } from '${imported}'\n\nexport type Own = Other\n`)
}

/** The imports that the linter refuses, as `file: rule`. */
async function refusedImports(): Promise<string[]> {
  const output = await new Promise<string>((resolve) => {
    execFile(oxlint, ['--format', 'unix'], { cwd: workspace }, (_error, stdout) => resolve(stdout))
  })
  const rules = /^(\S+?):\d+:\d+: .*\[Error\/\w+\((no-cycle|no-restricted-imports)\)\]$/gm
  return [...output.matchAll(rules)].map(([, file, rule]) => `${file}: ${rule}`).toSorted()
}

test.each(['apps/one', 'packages/one', 'tools/one', 'loadtest'])(
  'a circle of imports in %s is refused, also one of types alone',
  async (folder) => {
    await plant(`${folder}/src/here.ts`, './there.ts')
    await plant(`${folder}/src/there.ts`, './over-there.ts')
    await plant(`${folder}/src/over-there.ts`, './here.ts')
    const files = ['here', 'over-there', 'there']
    expect(await refusedImports()).toEqual(files.map((name) => `${folder}/src/${name}.ts: no-cycle`))
  },
)

const manifests = allFiles.filter((file) => /^(?:(?:apps|tools)\/[\w-]+|loadtest)\/package\.json$/.test(file))
const names = manifests.map((file) => ({
  folder: file.split('/')[0]!,
  name: (JSON.parse(readText(file)) as { name: string }).name,
}))

test('neither apps nor packages import an app, also in tests', async () => {
  const apps = names.filter(({ folder }) => folder === 'apps')
  expect(apps.length).toBeGreaterThan(2)
  const planted = await plantImportsOf(apps, ['here.ts', 'here.test.ts', 'here.fixture.ts'])
  expect(await refusedImports()).toEqual(planted)
})

test('apps and packages import tools in tests and fixtures only', async () => {
  const tools = names.filter(({ folder }) => folder !== 'apps')
  expect(tools.length).toBeGreaterThan(7)
  await plantImportsOf(tools, ['allowed.test.ts', 'allowed.fixture.ts'])
  const planted = await plantImportsOf(tools, ['here.ts', 'here.tsx'])
  expect(await refusedImports()).toEqual(planted)
})

test('a package is imported by its name, not by a path to its sources', async () => {
  await plant('apps/one/src/here.ts', '../../../packages/two/src/there.ts')
  await plant('packages/one/src/here.test.ts', '../../two/src/there.ts')
  expect(await refusedImports()).toEqual([
    'apps/one/src/here.ts: no-restricted-imports',
    'packages/one/src/here.test.ts: no-restricted-imports',
  ])
})

test('packages, apps and tools import each other and themselves otherwise as they like', async () => {
  await plant('apps/one/src/here.ts', '@flash-sale/contract/orders')
  await plant('packages/one/src/here.ts', '@flash-sale/stock/reserve')
  await plant('packages/one/src/there.ts', './deeper/here.ts')
  await plant('tools/one/src/here.ts', '@flash-sale/testing/eventually')
  expect(await refusedImports()).toEqual([])
})

test('the linter runs these rules on the whole workspace', async () => {
  const { ignorePatterns } = JSON.parse(await readFile(path.join(repository, '.oxlintrc.json'), 'utf8')) as {
    ignorePatterns: string[]
  }
  expect(ignorePatterns).toEqual(['**/generated/**', '**/dist/**'])
  expect(readText('package.json')).toContain('"check:lint": "oxlint --type-aware --deny-warnings"')
})

/** Plants an import of each project in an app and in a package. Returns what the linter is to refuse. */
async function plantImportsOf(projects: readonly { name: string }[], files: readonly string[]): Promise<string[]> {
  const planted: string[] = []
  for (const { name } of projects) {
    for (const folder of ['apps', 'packages']) {
      for (const file of files) {
        const place = `${folder}/${name.split('/')[1]}/src/${file}`
        await plant(place, `${name}/something`)
        planted.push(`${place}: no-restricted-imports`)
      }
    }
  }
  return planted.toSorted()
}
