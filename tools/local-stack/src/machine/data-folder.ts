import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describeOwner, endRecordedProcesses, isOwned, OWNER_FILE, PIDS_FILE, recordPid } from './run-folder.ts'

export interface DataFolder {
  readonly path: string
  /** Records a process that works in this folder, so that the next run can end it if this process is killed. */
  readonly recordPid: (pid: number) => void
  /** Frees the folder for the next process. Its data stay. */
  readonly release: () => Promise<void>
}

/** Another process works in the folder. Two servers on the same data would ruin it. */
export class DataFolderTakenError extends Error {
  override readonly name = 'DataFolderTakenError'
  readonly pid: number

  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}`)
    this.pid = pid
  }
}

const TRIES_MAX = 3

/**
 * Takes a folder whose data outlive a run, for one process at a time. It first ends processes that a killed run left behind. Throws a
 * DataFolderTakenError.
 */
export async function claimDataFolder(folder: string): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const ownerFile = path.join(folder, OWNER_FILE)
  const claim = path.join(folder, `${OWNER_FILE}.${process.pid}`)
  await writeFile(claim, await describeOwner())
  try {
    for (let tries = 1; ; tries += 1) {
      // A link appears with its content, and only one of two processes can make it.
      const isMine = await link(claim, ownerFile).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code !== 'EEXIST' && Promise.reject(error),
      )
      if (isMine) break
      if (tries === TRIES_MAX || (await isOwned(folder)))
        throw new DataFolderTakenError(folder, await ownerOf(ownerFile))
      await rm(ownerFile, { force: true })
    }
  } finally {
    await rm(claim, { force: true })
  }
  await endRecordedProcesses(folder)
  await writeFile(path.join(folder, PIDS_FILE), '')
  return {
    path: folder,
    recordPid: (pid) => recordPid(folder, pid),
    release: () => rm(ownerFile, { force: true }),
  }
}

async function ownerOf(ownerFile: string): Promise<number> {
  const owner: { pid: number } = JSON.parse(await readFile(ownerFile, 'utf8'))
  return owner.pid
}
