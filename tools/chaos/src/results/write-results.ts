import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pageOf } from '../page/page.ts'
import type { ChaosResults } from '../run-chaos.ts'

// src and dist are equally deep.
const folder = new URL('../../results/', import.meta.url)

/** Writes the page under its date or, if every fault could strike, as the latest. Resolves to the page's file. */
export async function writeResults(results: ChaosResults, isWhole: boolean): Promise<string> {
  await mkdir(folder, { recursive: true })
  const dated = results.at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const file = new URL(`${isWhole ? 'latest' : dated}.html`, folder)
  await writeFile(file, await pageOf(results))
  return fileURLToPath(file)
}
