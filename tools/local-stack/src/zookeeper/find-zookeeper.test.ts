import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRunFolder } from '../machine/run-folder.ts'
import { findZooKeeper } from './find-zookeeper.ts'
import { startZooKeeper } from './start-zookeeper.ts'

async function machine(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'find-zookeeper-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(bin, name), 0o755)
  }
  return { PATH: bin, XDG_CACHE_HOME: path.join(folder, 'cache') }
}

test('without a Java that runs, one line says so and what helps', async () => {
  for (const programs of [{}, { java: 'exit 1' }]) {
    const found = await findZooKeeper({ env: await machine(programs) })
    expect(found).toMatchObject({
      kind: 'NOT_FOUND',
      why: expect.stringMatching(/^ZooKeeper needs Java.*apt-get install.*$/),
    })
  }
})

test('with Java and without apt-get, one line says what is missing', async () => {
  const found = await findZooKeeper({ env: await machine({ java: 'exit 0' }) })
  // A machine with ZooKeeper installed needs no apt-get.
  if (found.kind === 'FOUND') return
  expect(found.why).toMatch(/^ZooKeeper is not installed, and apt-get is not on PATH.*apt-get install.*$/)
})

test('a ZooKeeper that was found starts on a port of its own, and is gone after it', async ({ skip }) => {
  const server = await findZooKeeper()
  if (server.kind === 'NOT_FOUND') return skip(server.why)
  const run = await createRunFolder()
  onTestFinished(() => run.remove())
  const dataDir = path.join(run.path, 'zookeeper')
  const { address, pid, stop } = await startZooKeeper({ server, dataDir, tickMs: 100, recordPid: run.recordPid })
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
  await stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  return undefined
})
