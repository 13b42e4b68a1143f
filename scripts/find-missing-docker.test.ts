import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findMissingDocker } from './find-missing-docker.ts'

test.each([
  ['no docker', undefined, /^There is no docker on PATH: install .*Compose plugin/],
  ['no Compose plugin', `[ "$1" != compose ]`, /^Docker has no Compose 2: install its plugin, .*docker-compose-plugin/],
  ['the first Compose', `case $1 in compose) echo 1.29.2;; esac`, /^Docker has no Compose 2/],
  [
    'no engine',
    `case $1 in compose) echo v2.40.3;; version) echo 'Cannot connect to the Docker daemon' >&2; exit 1;; esac`,
    /^No Docker engine answers \(Cannot connect to the Docker daemon\): start it/,
  ],
])('with %s the containers are not tried, and one line says what to do', async (_, script, complaint) => {
  const missing = await findMissingDocker({ PATH: await pathWith(script) })
  expect(missing).toMatch(complaint)
  expect(missing).not.toContain('\n')
})

test('with Docker, Compose 2 and an engine nothing is missing', async () => {
  const script = `case $1 in compose) echo 2.40.3;; version) echo 28.0.1;; esac`
  expect(await findMissingDocker({ PATH: await pathWith(script) })).toBeUndefined()
})

/** A folder that has a `docker` which runs the lines of a shell script, and nothing else. */
async function pathWith(script: string | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'docker-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  if (script !== undefined) {
    await writeFile(path.join(folder, 'docker'), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(folder, 'docker'), 0o755)
  }
  return folder
}
