import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { claimDataFolder, DataFolderTakenError } from './data-folder.ts'
import { commandLineOf } from './process-facts.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'data-folder-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Another process that claims the folder, and starts one in it that would outlive it. */
async function claimant(folder: string) {
  const script = path.join(await temporaryFolder(), 'claimant.mts')
  await writeFile(
    script,
    `import { spawn } from 'node:child_process'
    import { claimDataFolder } from '${fileURLToPath(new URL('data-folder.ts', import.meta.url))}'
    const data = await claimDataFolder(${JSON.stringify(folder)})
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', data.path + '/redis'], { detached: true, stdio: 'ignore' })
    data.recordPid(idle.pid)
    process.send(idle.pid)
    setInterval(() => undefined, 1000)`,
  )
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [idlePid]: number[] = await once(child, 'message')
  if (idlePid === undefined || child.pid === undefined) throw new Error('the claimant did not start')
  onTestFinished(async () => {
    // Only if it is still ours: the number may be another's by now.
    if ((await commandLineOf(idlePid))?.includes(folder)) process.kill(idlePid, 'SIGKILL')
  })
  return { pid: child.pid, idlePid, kill: () => (child.kill('SIGKILL'), exited) }
}

test('one process has the folder at a time, and the next when it lets go', async () => {
  const folder = await temporaryFolder()
  const first = await claimDataFolder(folder)
  await expect(claimDataFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`)
  await first.release()
  const second = await claimDataFolder(folder)
  await second.release()
})

test('a folder that another process works in is refused, and that one is named', async () => {
  const folder = await temporaryFolder()
  const other = await claimant(folder)
  const refusal: unknown = await claimDataFolder(folder).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DataFolderTakenError)
  expect(refusal).toMatchObject({ pid: other.pid })
  expect(await commandLineOf(other.idlePid)).toContain(folder)
})

test('of a run that was killed the folder can be had again, and what it left running is ended', async () => {
  const folder = await temporaryFolder()
  const other = await claimant(folder)
  await other.kill()
  const data = await claimDataFolder(folder)
  expect((await commandLineOf(other.idlePid)) ?? '').not.toContain(folder)
  await data.release()
})
