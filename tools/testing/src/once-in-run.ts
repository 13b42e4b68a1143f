import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { eventually } from './eventually.ts'
import { provided } from './provided.ts'

export interface OnceOptions {
  /** How long later test files wait for the first one, in ms. */
  readonly waitMs: number
}

/**
 * Makes something in the first test file of a run that asks for it; the others wait and are given the same, as JSON.
 * For what is dear and needed by few files, so that it is not worth the global set-up. That it fails should be a value too.
 */
export async function onceInRun<Value>(
  name: string,
  make: () => Promise<Value>,
  { waitMs }: OnceOptions,
): Promise<Value> {
  const folder = path.join(provided('runFolder'), `once-${name}`)
  const answer = path.join(folder, 'answer.json')
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    const value = await make()
    await writeFile(`${answer}.partial`, JSON.stringify(value))
    await rename(`${answer}.partial`, answer)
    return value
  }
  const what = `another test file to make the ${name}`
  const text = await eventually(() => readFile(answer, 'utf8'), { what, timeoutMs: waitMs, intervalMs: 50 })
  return JSON.parse(text)
}
