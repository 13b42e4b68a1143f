import { createRequire } from 'node:module'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runCommand } from '../machine/run-command.ts'
import { pagesSource } from './pages-source.ts'

export type PagesBuilt =
  | { readonly kind: 'FRESH' }
  | { readonly kind: 'BUILT'; readonly tookMs: number }
  /** What was built before, if anything, is left. */
  | { readonly kind: 'FAILED'; readonly why: string; readonly hasOlder: boolean }

export interface BuildPagesOptions {
  /** The folder of the pages' project. */
  readonly source?: string
  readonly onProgress?: (line: string) => void
  /** Gives up building; nothing half built is left where the pages are served from. */
  readonly signal?: AbortSignal
}

/** What the pages are made of, relative to their project. */
const madeOf = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json', '../../packages/contract/src']
const ignored = /\.(?:test|fixture)\.tsx?$/
const buildWithinMs = 120_000
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Builds the shop and the dashboard unless they are built and newer than all that they are made of. That it fails is an answer. */
export async function buildPages(options: BuildPagesOptions = {}): Promise<PagesBuilt> {
  const { source = pagesSource, onProgress, signal } = options
  const dist = path.join(source, 'dist')
  const builtAtMs = await changedAtMs(path.join(dist, 'index.html'))
  const changes = await Promise.all(madeOf.map((name) => newestIn(path.join(source, name))))
  if (builtAtMs > Math.max(...changes)) return { kind: 'FRESH' }
  const hasOlder = builtAtMs > 0
  onProgress?.('Pages: building the shop and the dashboard')
  const beganAtMs = performance.now()
  // Beside the place that they are served from, and moved there when whole: a build that is broken off changes nothing.
  const made = path.join(source, 'node_modules', `.pages-${process.pid}`)
  const old = `${made}-old`
  try {
    const args = ['--import', tsx, fileURLToPath(new URL('pages-build.ts', import.meta.url)), source, made]
    const env = { ...process.env, NODE_ENV: 'production' }
    const built = await runCommand(process.execPath, args, { cwd: source, env, timeoutMs: buildWithinMs, signal })
    if (!built.ok) return { kind: 'FAILED', why: built.complaint, hasOlder }
    await rename(dist, old).catch(() => undefined)
    await rename(made, dist)
    return { kind: 'BUILT', tookMs: performance.now() - beganAtMs }
  } catch (error) {
    return { kind: 'FAILED', why: error instanceof Error ? error.message : String(error), hasOlder }
  } finally {
    await Promise.all([made, old].map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

/** The time of the last change in a folder, or of a file; 0 when there is none. Folders count: they change when a file goes. */
async function newestIn(place: string): Promise<number> {
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch(() => [])
  const places = entries
    .filter(({ name }) => !ignored.test(name))
    .map(({ parentPath, name }) => path.join(parentPath, name))
  return Math.max(...(await Promise.all([place, ...places].map(changedAtMs))))
}

async function changedAtMs(place: string): Promise<number> {
  const found = await stat(place).catch(() => undefined)
  return found?.mtimeMs ?? 0
}
