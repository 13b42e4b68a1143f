import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compiledArgs } from '@flash-sale/testing/compiled-apps'
import type { TestStores } from '@flash-sale/testing/start-test-stores'

const workspace = fileURLToPath(new URL('../../../../', import.meta.url))

/** Runs a command of packages/upkeep on these stores, and returns what it printed. Rejects when it does not end with 0. */
export async function runCommand(
  name: 'adopt-redis' | 'missing-items',
  stores: { readonly redis: Pick<TestStores['redis'], 'url'>; readonly database: Pick<TestStores['database'], 'url'> },
  ...args: string[]
): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const entry = await compiledArgs(`packages/upkeep/src/${name}-command.ts`)
  const { stdout } = await promisify(execFile)(process.execPath, [...entry, ...args], {
    cwd: workspace,
    env: { PATH, HOME, REDIS_URL: stores.redis.url, DATABASE_URL: stores.database.url },
  })
  return stdout
}
