import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pageOf } from './page.ts'
import type { Results } from './results.ts'

// src and dist are equally deep.
const folder = new URL('../../results/', import.meta.url)

/** Writes the run as JSON and as a page, under its date and, if `isLatest`, also as the latest. Resolves to the page's file. */
export async function writeResults(results: Results, isLatest: boolean): Promise<string> {
  await mkdir(folder, { recursive: true })
  const dated = results.at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const names = isLatest ? [dated, 'latest'] : [dated]
  for (const name of names) {
    await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(results, rounded, 2)}\n`)
    await writeFile(new URL(`${name}.html`, folder), pageOf(results))
  }
  return fileURLToPath(new URL(`${names.at(-1)}.html`, folder))
}

/** Keeps four digits, since no run measures more exactly. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}
