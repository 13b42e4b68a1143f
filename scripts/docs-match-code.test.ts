import { expect, test } from 'vitest'
import { ApiEnv } from '../apps/api/src/env.ts'
import { WorkerEnv } from '../apps/worker/src/env.ts'
import { problemCatalogue } from '../packages/contract/src/problem.ts'
import { allFiles, matches, readPage, readText, tableRows } from './markdown-pages.fixture.ts'

const operate = tableRows(readPage('docs/operate.md'))
const http = readPage('docs/http.md')
const settings = rowsOf(/^[A-Z][A-Z_]+$/)

/** The rows of docs/operate.md that begin with a name of this form, without its backticks. */
function rowsOf(name: RegExp): string[][] {
  return operate
    .filter(([first = '']) => /^`.+`$/.test(first) && name.test(first.slice(1, -1)))
    .map(([first = '', ...rest]) => [first.slice(1, -1), ...rest])
}

interface EnvSchema {
  readonly required?: readonly string[]
  readonly properties: Readonly<Record<string, object>>
}

/** How docs/operate.md says that a process reads a variable. */
function useOf(name: string, { properties, required = [] }: EnvSchema): string {
  const field = properties[name]
  if (field === undefined) return ''
  return required.includes(name) && !('default' in field) ? 'required' : 'yes'
}

/** The default that each process has, if any. That of PAGES_FOLDER is in serve-pages.ts, and is a whole path. */
function defaultsOf(name: string): string {
  if (name === 'PAGES_FOLDER') return 'apps/pages/dist'
  const fields = [ApiEnv, WorkerEnv].flatMap(({ properties }: EnvSchema) => properties[name] ?? [])
  const defaults = fields.flatMap((field) => ('default' in field ? String(field.default as string | number) : []))
  return [...new Set(defaults)].join(', ')
}

function withoutBackticks(cell = ''): string {
  return cell.replaceAll('`', '')
}

test('the settings of docs/operate.md are those that the processes read, with their defaults', () => {
  const names = [ApiEnv, WorkerEnv].flatMap((schema) => Object.keys(schema.properties))
  const read = names.map((name) => [name, [useOf(name, ApiEnv), useOf(name, WorkerEnv), defaultsOf(name)]])
  const documented = settings
    .filter((row) => row.length === 5)
    .map(([name, api, worker, byDefault]) => [name, [api, worker, withoutBackticks(byDefault)]])
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(read))
})

test('the settings of compose in docs/operate.md are those that compose alone reads, with their defaults', () => {
  const read = [...readText('docker-compose.yml').matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)]
    .map(([, name = '', byDefault]) => [name, byDefault] as const)
    .filter(([name]) => !Object.hasOwn(ApiEnv.properties, name))
  const documented = settings
    .filter((row) => row.length === 3)
    .map(([name, byDefault]) => [name, withoutBackticks(byDefault)])
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(read))
})

test('.env.example lists every setting, and no other', () => {
  const listed = matches(readText('.env.example'), /^#?([A-Z][A-Z_]+)=/gm)
  expect(new Set(listed)).toEqual(new Set(settings.map(([name]) => name)))
})

test('docs/http.md lists every problem code with its status', () => {
  const listed = tableRows(http).filter(([status = '']) => /^\d{3}$/.test(status))
  const expected = Object.entries(problemCatalogue).map(([code, { status }]) => [String(status), `\`${code}\``])
  expect(listed.map(([status, code]) => [status, code])).toEqual(expected)
})

test('docs/http.md names every path that the API has, and no other', () => {
  const sources = allFiles.filter((file) => /^apps\/api\/src\/.*(?<!\.test|\.fixture)\.ts$/.test(file))
  const paths = sources.flatMap((file) =>
    matches(readText(file), /\.(?:get|post)\(\s*['`](\/(?:v1|health|metrics)[^'`]*)/g),
  )
  // A path with a piece that the source fills in, such as `${action}`, stands for several.
  const patterns = paths.map((path) => new RegExp(`^${path.replaceAll(/\$\{\w+\}/g, '[a-z]+')}$`))
  const documented = http.codes.flatMap((code) => /^(?:GET|POST) (\/(?:v1|health|metrics)\S*)$/.exec(code)?.[1] ?? [])
  expect(patterns.length).toBeGreaterThan(15)
  expect(patterns.filter((pattern) => !documented.some((path) => pattern.test(path)))).toEqual([])
  expect(documented.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([])
})

test('docs/operate.md lists every metric of this project', () => {
  const sources = allFiles.filter((file) => /^(?:apps|packages)\/\w+\/src\/.*(?<!\.test)\.ts$/.test(file))
  const names = sources.flatMap((file) => matches(readText(file), /name: '(flash_sale_\w+)'/g))
  expect(new Set(rowsOf(/^flash_sale_/).map(([name]) => name))).toEqual(new Set(names))
})

test('ARCHITECTURE.md draws the imports of apps and packages as they are', () => {
  const drawn = matches(readText('ARCHITECTURE.md'), /^```\n(apps\/[^]*?)^tools\//gm)[0]!
  const lines = [...drawn.matchAll(/^ {2}([a-z]+) +-> (.*?)(?: {2}.*)?$/gm)]
  const manifests = allFiles.filter((file) => /^(?:apps|packages)\/\w+\/package\.json$/.test(file))
  const imports = manifests.map((file) => [file.split('/')[1], dependenciesIn(file)])
  const named = lines.map(([, name, list]) => [name, list!.startsWith('nothing') || list!.startsWith('(') ? '' : list])
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(imports))
})

/** The packages of this workspace that a manifest names for what it runs. */
function dependenciesIn(manifest: string): string {
  const { dependencies = {} } = JSON.parse(readText(manifest)) as { dependencies?: object }
  const ours = Object.keys(dependencies).filter((name) => name.startsWith('@flash-sale/'))
  return ours
    .map((name) => name.slice('@flash-sale/'.length))
    .toSorted()
    .join(', ')
}
