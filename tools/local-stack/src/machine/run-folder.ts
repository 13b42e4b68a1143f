import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { commandLineOf, startOf } from './process-facts.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface RunFolder {
  readonly path: string
  /** Notes a process that works in this folder, so that it can be ended even when we are killed. */
  readonly recordPid: (pid: number) => void
  /** Ends what still runs of it and removes the folder. */
  readonly remove: () => Promise<void>
}

export interface RunFolderOptions {
  readonly onProgress?: (line: string) => void
  /** Default: a folder of this user's under the system's temporary folder. */
  readonly parent?: string
}

export const OWNER_FILE = 'owner.json'
export const PIDS_FILE = 'pids'
const PREPARING_MAX_MS = 3_600_000

/**
 * A throw-away folder for one run. What earlier runs left behind because they were killed is cleaned up first: their
 * processes are ended, their folders removed.
 */
export async function createRunFolder(options: RunFolderOptions = {}): Promise<RunFolder> {
  const parent = options.parent ?? (await temporaryFolder())
  await mkdir(parent, { recursive: true, mode: 0o755 })
  await sweepRunFolders(parent, options.onProgress)
  const name = `run-${process.pid}-${randomBytes(4).toString('hex')}`
  const made = path.join(parent, `new-${name}`)
  // Open to others for reading: as root, Postgres runs as another user, who must be able to reach its data.
  await mkdir(made, { mode: 0o755 })
  await writeFile(path.join(made, OWNER_FILE), await describeOwner())
  await writeFile(path.join(made, PIDS_FILE), '')
  const folder = path.join(parent, name)
  await rename(made, folder)
  return {
    path: folder,
    recordPid: (pid) => recordPid(folder, pid),
    remove: () => endRun(folder),
  }
}

/** Notes a process in a run folder that another process made. */
export function recordPid(folder: string, pid: number): void {
  appendFileSync(path.join(folder, PIDS_FILE), `${pid}\n`)
}

/** Ends and removes every run whose owner is gone. */
export async function sweepRunFolders(parent: string, onProgress?: (line: string) => void): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = path.join(parent, name)
    if (name.startsWith('run-') && !(await isOwned(folder))) {
      onProgress?.(`Cleaning up after an earlier run that was killed (${folder})`)
      await endRun(folder)
    }
    if (name.startsWith('new-') && (await ageMs(folder)) > PREPARING_MAX_MS) await endRun(folder)
  }
}

/** This process, as an owner file names it. */
export async function describeOwner(): Promise<string> {
  return JSON.stringify({ pid: process.pid, start: await startOf(process.pid) })
}

/** Whether the process that an owner file names still runs. */
export async function isOwned(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, OWNER_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const owner: { pid: number; start?: string } = JSON.parse(text)
  // Its start tells the owner from a later process of the same id; where neither /proc nor ps told it, the id must do.
  return owner.start === undefined ? isAlive(owner.pid) : owner.start === (await startOf(owner.pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function endRun(folder: string): Promise<void> {
  await endRecordedProcesses(folder)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Ends what still works in a folder, of the processes that were noted there. */
export async function endRecordedProcesses(folder: string): Promise<void> {
  const recorded = await readFile(path.join(folder, PIDS_FILE), 'utf8').catch(() => '')
  const pids = recorded.split('\n').map(Number).filter(Boolean)
  await Promise.all(pids.map((pid) => endProcess(pid, folder)))
}

const ASK_FOR_MS = 5_000

/** Ends a process only while its command line names the folder: its id may belong to somebody else by now. */
async function endProcess(pid: number, folder: string): Promise<void> {
  const isStillOurs = async () => (await commandLineOf(pid))?.includes(`${folder}${path.sep}`) ?? false
  const deadline = Date.now() + ASK_FOR_MS
  // SIGINT makes Postgres cut its connections instead of waiting for them; Redis and `docker run` stop just as well.
  let signal: NodeJS.Signals = 'SIGINT'
  let hasAsked = false
  while (await isStillOurs()) {
    if (Date.now() > deadline) signal = 'SIGKILL'
    if (!hasAsked || signal === 'SIGKILL') signalIfThere(pid, signal)
    hasAsked = true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between.
  }
}

function ageMs(folder: string): Promise<number> {
  return stat(folder).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  )
}
