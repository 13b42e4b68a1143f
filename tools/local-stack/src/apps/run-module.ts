import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

// src and dist are equally deep in the workspace.
export const workspace = new URL('../../../../', import.meta.url)

let runsCompiledApps = !import.meta.url.endsWith('.ts')

/** Whether the API and the worker run as `tsc -b` made them, under production conditions, or from their sources. Default: as this module itself. */
export function areAppsCompiled(): boolean {
  return runsCompiledApps
}

/** From now on this process starts the compiled API and worker, although it runs from sources itself. */
export function runCompiledApps(): void {
  runsCompiledApps = true
}

/** Node's arguments to run a module as a process: compiled code under production conditions, sources through tsx. */
export function nodeArgs(module: URL): string[] {
  const file = fileURLToPath(module)
  if (!file.endsWith('.ts')) return ['--conditions=dist', file]
  const tsx = pathToFileURL(createRequire(new URL('package.json', workspace)).resolve('tsx')).href
  return ['--import', tsx, file]
}
