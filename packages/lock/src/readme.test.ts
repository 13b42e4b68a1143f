import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { expect, onTestFinished, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const blocks = [...readFileSync(path.join(packageFolder, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
)

/** What the blocks take for granted: connections, and work to do under a lock. */
const before = (urls: readonly string[]) => `
import { Redis } from 'ioredis'
const masters = ${JSON.stringify(urls)}.map((url) => new Redis(url))
const redis = masters[0]
const work = async () => ({ done: true })
const [recount, restock, moveUnits, exportOrders, sendInvoice] = [work, work, work, work, work]
`

const after = `
console.log('ran to its end')
process.exit()
`

test('every code block of the README runs', { timeout: 60_000 }, async () => {
  const servers = await Promise.all([1, 2, 3].map(() => startTestRedis()))
  // In this package, so that its imports mean this package.
  const folder = await mkdtemp(path.join(packageFolder, 'src', 'readme-'))
  onTestFinished(async () => {
    await rm(folder, { recursive: true })
    await Promise.all(servers.map((server) => server.stop()))
  })
  expect(blocks).toHaveLength(7)
  const urls = servers.map(({ url }) => url)
  await Promise.all(
    blocks.map(async (block, i) => {
      const file = path.join(folder, `block-${i}.ts`)
      await writeFile(file, `${before(urls)}${block}${after}`)
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], { cwd: packageFolder })
      expect(stdout, block).toContain('ran to its end')
    }),
  )
})
