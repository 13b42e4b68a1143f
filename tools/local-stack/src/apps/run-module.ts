import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

// src and dist are equally deep in the workspace.
export const workspace = new URL('../../../../', import.meta.url)

/** Node's arguments to run a module as a process: compiled code under production conditions, sources through tsx. */
export function nodeArgs(module: URL): string[] {
  const file = fileURLToPath(module)
  if (!file.endsWith('.ts')) return ['--conditions=dist', file]
  const tsx = pathToFileURL(createRequire(new URL('package.json', workspace)).resolve('tsx')).href
  return ['--import', tsx, file]
}
