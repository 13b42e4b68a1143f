import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { buildPages } from './build-pages.ts'

const buildTimeoutMs = 60_000

let source: string

beforeEach(async () => {
  source = await mkdtemp(path.join(tmpdir(), 'pages-'))
  await mkdir(path.join(source, 'src'))
  await write('index.html', '<!doctype html><script type="module" src="/src/main.js"></script>')
  await write('src/main.js', 'console.log("first")')
  return () => rm(source, { recursive: true })
})

/** Writes a file that was changed this long ago: a build takes less than the clock of a file system can tell apart. */
async function write(name: string, text: string, agoMs = 60_000): Promise<void> {
  const file = path.join(source, name)
  await writeFile(file, text)
  const at = new Date(Date.now() - agoMs)
  for (const place of [file, path.dirname(file)]) await utimes(place, at, at)
}

const servedScript = async () => {
  const [name] = await readdir(path.join(source, 'dist/assets'))
  return readFile(path.join(source, 'dist/assets', name!), 'utf8')
}

test(
  'pages are built when they are missing or older than their sources, and not otherwise',
  async () => {
    const lines: string[] = []
    const build = () => buildPages({ source, onProgress: (line) => lines.push(line) })
    expect(await build()).toMatchObject({ kind: 'BUILT' })
    expect(await servedScript()).toContain('first')
    expect(await build()).toEqual({ kind: 'FRESH' })
    await write('src/main.js', 'console.log("second")', -1_000)
    expect(await build()).toMatchObject({ kind: 'BUILT' })
    expect(await servedScript()).toContain('second')
    expect(lines).toEqual(Array.from({ length: 2 }, () => 'Pages: building the shop and the dashboard'))
    expect(await readdir(path.join(source, 'node_modules')).catch(() => [])).not.toContainEqual(
      expect.stringMatching(/^\.pages-/),
    )
  },
  buildTimeoutMs,
)

test('a test that changes does not make them older', async () => {
  await mkdir(path.join(source, 'dist'))
  await write('dist/index.html', 'built')
  await write('index.html', 'older', 120_000)
  await write('src/main.js', 'older', 120_000)
  await writeFile(path.join(source, 'src/main.test.ts'), 'newer')
  const at = new Date(Date.now() - 120_000)
  await utimes(path.join(source, 'src'), at, at)
  expect(await buildPages({ source })).toEqual({ kind: 'FRESH' })
})

test(
  'a build that fails says why and leaves what was built before, and so does one that is broken off',
  async () => {
    expect(await buildPages({ source })).toMatchObject({ kind: 'BUILT' })
    await write('src/main.js', 'import "./gone.js"', -1_000)
    expect(await buildPages({ source })).toEqual({
      kind: 'FAILED',
      why: expect.stringContaining('./gone.js'),
      hasOlder: true,
    })
    expect(await buildPages({ source, signal: AbortSignal.timeout(100) })).toMatchObject({ kind: 'FAILED' })
    expect(await servedScript()).toContain('first')
    expect((await readdir(path.join(source, 'node_modules'))).filter((name) => name.startsWith('.pages-'))).toEqual([])
  },
  buildTimeoutMs,
)
