import { watch, type FSWatcher } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'

/** The step that `pnpm dev` repeats when a file changes. */
export type Affected = 'api' | 'worker' | 'migrations'

export interface SourceChange {
  readonly affected: ReadonlySet<Affected>
  /** Relative to the workspace. */
  readonly files: readonly string[]
}

/** Collects changes for one restart, since an editor or a checkout writes several files, some of them twice. */
const settleMs = 150

const ignored = /(?:\.test\.ts|\.fixture\.ts|~|\.swp)$/
const watched = /\.(?:ts|lua|sql|json)$/

/**
 * Watches the sources of apps and packages, the migrations and the SQL functions, until `signal` is aborted. It watches folders instead of
 * files, since an editor that saves by renaming replaces the file.
 */
export async function watchSources(
  workspace: string,
  signal: AbortSignal,
  onChange: (change: SourceChange) => void,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>()
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isStarted = false

  async function watchFolders(): Promise<void> {
    for (const folder of await sourceFolders(workspace)) {
      if (watchers.has(folder) || signal.aborted) continue
      const watcher = watch(path.join(workspace, folder), (_event, name) => note(folder, name))
      watcher.on('error', () => forget(folder))
      watchers.set(folder, watcher)
      if (isStarted) await noteAllIn(folder)
    }
  }

  /** Reports files that were written into a new folder before it was watched. */
  async function noteAllIn(folder: string): Promise<void> {
    for (const name of await readdir(path.join(workspace, folder)).catch(() => [])) note(folder, name)
  }

  function forget(folder: string): void {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }

  function note(folder: string, name: string | null): void {
    if (name === null) return
    const file = path.posix.join(folder, name)
    // A name without an extension may be a new folder.
    if (!path.extname(name)) void watchFolders()
    if (affectedBy(file).length === 0) return
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(report, settleMs)
  }

  function report(): void {
    const files = [...changed].toSorted()
    changed.clear()
    onChange({ files, affected: new Set(files.flatMap(affectedBy)) })
  }

  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    for (const folder of watchers.keys()) forget(folder)
  })
  await watchFolders()
  isStarted = true
}

function affectedBy(file: string): Affected[] {
  if (!watched.test(file) || ignored.test(file)) return []
  if (file.startsWith('apps/api/')) return ['api']
  if (file.startsWith('apps/worker/')) return ['worker']
  if (file.startsWith('prisma/')) return ['migrations', 'api', 'worker']
  return ['api', 'worker']
}

/** Relative to the workspace, with forward slashes. */
async function sourceFolders(workspace: string): Promise<string[]> {
  const packages = await readdir(path.join(workspace, 'packages'))
  const roots = [
    'apps/api/src',
    'apps/worker/src',
    'prisma/migrations',
    'prisma/functions',
    ...packages.map((name) => `packages/${name}/src`),
  ]
  const found = await Promise.all(
    roots.map(async (root) => {
      const entries = await readdir(path.join(workspace, root), { withFileTypes: true, recursive: true }).catch(
        () => [],
      )
      const folders = entries.filter((entry) => entry.isDirectory())
      return [root, ...folders.map(({ parentPath, name }) => path.relative(workspace, path.join(parentPath, name)))]
    }),
  )
  return found.flat()
}
