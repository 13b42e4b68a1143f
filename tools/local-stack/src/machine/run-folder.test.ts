import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createRunFolder } from './run-folder.ts'
import { commandLineOf } from './process-facts.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'run-folder-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A process whose command line holds the words given, until it is ended. */
function idle(...words: string[]) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...words], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { pid: child.pid ?? 0, exited: once(child, 'exit') }
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Starts both stores in a run folder of its own, in another process, and kills that process. */
async function killedRun(parent: string): Promise<number[]> {
  const script = path.join(parent, 'killed-run.mts')
  await writeFile(
    script,
    `import { createRunFolder } from '${beside('run-folder.ts')}'
    import { startServices } from '${beside('../start-services.ts')}'
    const run = await createRunFolder({ parent: ${JSON.stringify(path.join(parent, 'runs'))} })
    const pids: number[] = []
    const recordPid = (pid: number) => { pids.push(pid); run.recordPid(pid) }
    await startServices({ dataDir: run.path, recordPid })
    process.send!(pids)
    setInterval(() => undefined, 1000)`,
  )
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [pids]: number[][] = await once(child, 'message')
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  return pids ?? []
}

test('what a killed run left behind, stores and folder, is ended and removed by the next run', async () => {
  const parent = await temporaryFolder()
  const pids = await killedRun(parent)
  expect(pids).toHaveLength(2)
  for (const pid of pids) expect(await commandLineOf(pid)).toContain(parent)
  const lines: string[] = []
  const run = await createRunFolder({ parent: path.join(parent, 'runs'), onProgress: (line) => lines.push(line) })
  for (const pid of pids) expect((await commandLineOf(pid)) ?? '').not.toContain(parent)
  expect(await readdir(path.join(parent, 'runs'))).toEqual([path.basename(run.path)])
  expect(lines).toEqual([expect.stringMatching(/^Cleaning up after an earlier run that was killed/)])
  await run.remove()
  expect(await readdir(path.join(parent, 'runs'))).toEqual([])
})

test('a run that still goes on is left alone', async () => {
  const parent = await temporaryFolder()
  const going = await createRunFolder({ parent })
  const working = idle(path.join(going.path, 'redis'))
  going.recordPid(working.pid)
  await createRunFolder({ parent })
  expect(existsSync(going.path)).toBe(true)
  expect(await commandLineOf(working.pid)).toContain(going.path)
})

test('a recorded process id that belongs to somebody else by now is not ended', async () => {
  const run = await createRunFolder({ parent: await temporaryFolder() })
  const mine = idle(path.join(run.path, 'redis'))
  const somebodyElses = idle('other-work')
  for (const { pid } of [mine, somebodyElses]) run.recordPid(pid)
  await run.remove()
  await mine.exited
  expect(await commandLineOf(somebodyElses.pid)).toContain('other-work')
  expect(existsSync(run.path)).toBe(false)
})
