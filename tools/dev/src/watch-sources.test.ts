import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchSources, type SourceChange } from './watch-sources.ts'

async function watchedWorkspace() {
  const workspace = await mkdtemp(path.join(tmpdir(), 'watch-sources-'))
  const stop = new AbortController()
  onTestFinished(async () => {
    stop.abort()
    await rm(workspace, { recursive: true })
  })
  for (const folder of [
    'apps/api/src/orders',
    'apps/worker/src',
    'packages/stock/src',
    'tools/testing/src',
    'prisma/migrations',
    'prisma/functions',
  ])
    await mkdir(path.join(workspace, folder), { recursive: true })
  const changes: SourceChange[] = []
  await watchSources(workspace, stop.signal, (change) => changes.push(change))
  const write = (file: string) => writeFile(path.join(workspace, file), '')
  /** All that changed until a file of the worker is seen, which is written last: so nothing more is to come. */
  const seen = async () => {
    await write('apps/worker/src/last.ts')
    await vi.waitFor(() => expect(changes.flatMap(({ files }) => files)).toContain('apps/worker/src/last.ts'), {
      timeout: 20_000,
    })
    return changes.flatMap(({ files }) => files).filter((file) => file !== 'apps/worker/src/last.ts')
  }
  return { workspace, changes, write, seen }
}

test.each([
  ['apps/api/src/orders/place-order.ts', ['api']],
  ['apps/worker/src/main.ts', ['worker']],
  ['packages/stock/src/reserve.lua', ['api', 'worker']],
  ['prisma/functions/persist_orders.sql', ['migrations', 'api', 'worker']],
])('%s concerns %j', async (file, affected) => {
  const { changes, write } = await watchedWorkspace()
  await write(file)
  await vi.waitFor(() => expect(changes).toHaveLength(1), { timeout: 20_000 })
  expect(changes).toEqual([{ files: [file], affected: new Set(affected) }])
})

test('files that are saved together are one change', async () => {
  const { changes, write } = await watchedWorkspace()
  const files = ['apps/api/src/b.ts', 'apps/api/src/c.ts', 'packages/stock/src/a.lua']
  // On a busy machine files that are written together may be saved far apart.
  await eventually(
    async () => {
      changes.length = 0
      await Promise.all(files.map(write))
      const seen = () => new Set(changes.flatMap((change) => change.files))
      await vi.waitFor(() => expect([...seen()].toSorted()).toEqual(files), { timeout: 5_000 })
      expect(changes).toHaveLength(1)
    },
    { what: 'one change' },
  )
})

test('a file that an editor replaces by renaming is seen, again and again', async () => {
  const { workspace, changes, write } = await watchedWorkspace()
  for (const times of [1, 2]) {
    await write('apps/api/src/app.ts~')
    await rename(path.join(workspace, 'apps/api/src/app.ts~'), path.join(workspace, 'apps/api/src/app.ts'))
    await vi.waitFor(() => expect(changes).toHaveLength(times), { timeout: 20_000 })
  }
})

test('a new migration, in a folder of its own, concerns everything', async () => {
  const { workspace, changes, write } = await watchedWorkspace()
  await mkdir(path.join(workspace, 'prisma/migrations/1_more'))
  await write('prisma/migrations/1_more/migration.sql')
  await vi.waitFor(() => expect(changes).toHaveLength(1), { timeout: 20_000 })
  expect(changes[0]?.affected).toEqual(new Set(['migrations', 'api', 'worker']))
})

test('tests, and tools, which no app imports, concern nobody', async () => {
  const { write, seen } = await watchedWorkspace()
  for (const file of ['apps/api/src/app.test.ts', 'tools/testing/src/eventually.ts', 'apps/api/src/notes.md'])
    await write(file)
  expect(await seen()).toEqual([])
})
