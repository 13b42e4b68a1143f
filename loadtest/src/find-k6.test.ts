import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { findK6, k6Missing } from './find-k6.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'find-k6-'))
  onTestFinished(() => rm(home, { recursive: true }))
})

async function command(file: string, prints: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\necho '${prints}'\n`)
  await chmod(file, 0o755)
}

const version = 'k6 v1.8.1 (go1.26.8, linux/amd64)'

test('k6 on PATH is taken', async () => {
  await command(`${home}/bin/k6`, version)
  expect(await findK6({ PATH: `${home}/bin`, HOME: home })).toEqual({ command: 'k6' })
})

test('k6 that go installed is taken, wherever go says that is', async () => {
  await command(`${home}/bin/go`, `${home}/work`)
  await command(`${home}/work/bin/k6`, version)
  expect(await findK6({ PATH: `${home}/bin`, HOME: home })).toEqual({ command: `${home}/work/bin/k6` })
})

test('k6 in the usual place of go is taken, also when go is not on PATH', async () => {
  await command(`${home}/go/bin/k6`, version)
  expect(await findK6({ PATH: '/nowhere', HOME: home })).toEqual({ command: `${home}/go/bin/k6` })
})

test('a k6 that cannot run TypeScript is passed over for one that can', async () => {
  await command(`${home}/bin/k6`, 'k6 v0.49.0 (go1.21, linux/amd64)')
  const env = { PATH: `${home}/bin`, HOME: home }
  expect(await findK6(env)).toEqual({ missing: expect.stringMatching(/^k6 v0\.49\.0 .* is too old .*go install /) })
  await command(`${home}/go/bin/k6`, version)
  expect(await findK6(env)).toEqual({ command: `${home}/go/bin/k6` })
})

test('without k6 one line says three ways to get it', async () => {
  expect(await findK6({ PATH: '/nowhere', HOME: home })).toEqual({ missing: k6Missing })
  expect(k6Missing).toMatch(/^.*go install .*brew install .*docker .*$/)
})
