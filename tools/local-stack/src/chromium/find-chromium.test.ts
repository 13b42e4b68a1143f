import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findChromium } from './find-chromium.ts'

async function machine(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'find-chromium-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(bin, name), 0o755)
  }
  return { bin, env: { PATH: bin, XDG_CACHE_HOME: path.join(folder, 'cache') } }
}

const chromium = 'echo "Chromium 156.0.8078.79 built on Debian"'

test('a browser on PATH is used', async () => {
  const { bin, env } = await machine({ 'google-chrome': 'echo "Google Chrome 156.0.8078.79"' })
  expect(await findChromium({ env })).toEqual({
    kind: 'FOUND',
    origin: 'path',
    command: path.join(bin, 'google-chrome'),
    env: {},
  })
})

test('a file of that name which only asks for a snap is none, and the next one is used', async () => {
  const { bin, env } = await machine({
    'chromium-browser': 'echo "requires the chromium snap" >&2; exit 1',
    chrome: '',
  })
  await writeFile(path.join(bin, 'google-chrome'), `#!/bin/sh\n${chromium}\n`, { mode: 0o755 })
  expect(await findChromium({ env })).toMatchObject({ origin: 'path', command: path.join(bin, 'google-chrome') })
})

test('the one that CHROMIUM names is used before any other, and nothing in its place', async () => {
  const { bin, env } = await machine({ chromium, mine: chromium, broken: 'exit 1' })
  const named = (name: string) => findChromium({ env: { ...env, CHROMIUM: path.join(bin, name) } })
  expect(await named('mine')).toMatchObject({ origin: 'env', command: path.join(bin, 'mine') })
  expect(await named('broken')).toMatchObject({ kind: 'NOT_FOUND', why: expect.stringContaining('CHROMIUM names') })
})

test('without any, one line says where it was looked for and what helps', async () => {
  const { env } = await machine({ chromium: 'echo broken >&2; exit 1' })
  const found = await findChromium({ env })
  const why = found.kind === 'NOT_FOUND' ? found.why : ''
  expect(why).not.toContain('\n')
  for (const what of ['broken', 'apt-get', 'brew install', 'CHROMIUM']) expect(why).toContain(what)
})
