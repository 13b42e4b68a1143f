import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { claimDataFolder, DataFolderTakenError, type DataFolder } from '@flash-sale/local-stack/machine/data-folder'
import { postgresUser } from '@flash-sale/local-stack/postgres/postgres-binaries'
import { temporaryFolder } from '@flash-sale/local-stack/machine/temporary-folder'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Secrets } from '@flash-sale/local-stack/console/app-settings'

export const workspace = fileURLToPath(new URL('../../../', import.meta.url))

/** Takes a data folder for `pnpm dev`. Throws a StartupError if another `pnpm dev` uses it. */
export async function claimDevData(folder: string): Promise<DataFolder> {
  try {
    return await claimDataFolder(folder)
  } catch (error) {
    if (!(error instanceof DataFolderTakenError)) throw error
    throw new StartupError(
      `pnpm dev is already running on ${folder} (process ${error.pid}): use that one, or stop it with Ctrl-C`,
    )
  }
}

/** The same secrets in every run, so that tokens and keys that somebody copied stay valid. */
export async function readDevSecrets(folder: string): Promise<Secrets> {
  const file = path.join(folder, 'secrets.json')
  const made: Secrets = { jwtSecret: randomBytes(32).toString('hex'), opsKey: randomBytes(24).toString('hex') }
  try {
    await writeFile(file, JSON.stringify(made, undefined, 2), { flag: 'wx', mode: 0o600 })
    return made
  } catch {
    await chmod(file, 0o600)
    const kept: Secrets = JSON.parse(await readFile(file, 'utf8'))
    return kept
  }
}

/** The folder of this checkout's data. */
export async function devFolder(): Promise<string> {
  const folder = path.join(workspace, '.flash-sale')
  const { uid, gid } = await postgresUser()
  if (uid === undefined || gid === undefined) return folder
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const entered = await runCommand('test', ['-x', folder], { uid, gid, cwd: '/', timeoutMs: 5_000 })
  if (entered.ok) return folder
  // If root runs `pnpm dev`, Postgres runs as a user who may not enter root's home.
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 8)
  return path.join(await temporaryFolder('/var/tmp'), `dev-${name}`)
}
