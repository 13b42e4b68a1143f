import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the pages of the shop and the dashboard are made: src and dist of this app are equally deep in the workspace. */
export const pagesSource = fileURLToPath(new URL('../../dashboard/', import.meta.url))

/** The command line of Vite, which makes them. Throws where it is not installed. */
export function viteCommand(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
}
