import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { makeInCache } from './cache-folder.ts'

test('a cache folder that cannot be made is an answer with its reason', async () => {
  const made = await makeInCache({
    name: 'thing',
    env: { XDG_CACHE_HOME: fileURLToPath(import.meta.url) },
    make: () => Promise.resolve('usable'),
    isUsable: () => Promise.resolve(false),
  })
  expect(made).toMatchObject({ ok: false, why: expect.stringContaining('ENOTDIR') })
})
