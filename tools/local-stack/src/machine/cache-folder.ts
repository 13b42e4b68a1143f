import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

export interface MakeOptions {
  /** The folder to make, by its name in the cache folder. */
  readonly name: string
  readonly env: NodeJS.ProcessEnv
  /** Makes the folder `name` in `work`, which is empty and removed afterwards. Resolves with `usable`, or with the reason of the failure. */
  readonly make: (work: string) => Promise<string>
  /** Whether the folder of that name in the cache is usable. */
  readonly isUsable: () => Promise<boolean>
}

export type Made = { readonly ok: true } | { readonly ok: false; readonly why: string }

/** This user's cache folder, which all projects share. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME
  return path.join(base && path.isAbsolute(base) ? base : path.join(env.HOME || homedir(), '.cache'), 'flash-sale')
}

/** Makes a folder of the cache. It appears there by one rename, so that two runs may race, and an interrupted run leaves no half folder. */
export async function makeInCache({ name, env, make, isUsable }: MakeOptions): Promise<Made> {
  const cache = cacheFolder(env)
  const work = path.join(cache, `${name}.partial-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await removeAbandoned(cache)
    await mkdir(path.join(work, name), { recursive: true })
    const answer = await make(work)
    if (answer !== 'usable') return { ok: false, why: answer }
    await moveIntoPlace(path.join(work, name), path.join(cache, name), isUsable)
    return { ok: true }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  } finally {
    // A cache that cannot be made cannot be cleaned either. The reason is reported already.
    await rm(work, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function moveIntoPlace(made: string, place: string, isUsable: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(made, place)
      return
    } catch (error) {
      // Another folder is there. If it is usable, another run made it; otherwise it is from before a system upgrade.
      if (await isUsable()) return
      if (attempt === 3) throw error
      await rename(place, `${made}.unusable-${attempt}`)
    }
  }
}

const ABANDONED_AFTER_MS = 3_600_000

async function removeAbandoned(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (!name.includes('.partial-')) continue
    const folder = path.join(cache, name)
    const age = await stat(folder).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}
