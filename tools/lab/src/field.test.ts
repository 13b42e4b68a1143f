import { access, readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { field } from './field.ts'
import { storyOf } from './page/stories/all-stories.ts'

const folder = new URL('./strategies/', import.meta.url)
/** What strategies share. */
const shared = ['lock-timeout', 'patiently', 'points', 'strategy', 'take-one']

test('every strategy of the table has its file and its story, and every file is in the table', async () => {
  for (const { id } of field) {
    await access(new URL(`${id}.ts`, folder))
    expect(storyOf(id).sentences).toHaveLength(3)
  }
  const files = (await readdir(folder)).map((name) => name.replace('.ts', ''))
  expect(files.toSorted()).toEqual([...field.map(({ id }) => id), ...shared].toSorted())
})

test('no strategy meets the same fault twice', () => {
  for (const { id, faults } of field) {
    const ids = faults.map(({ fault }) => fault.id)
    expect(new Set(ids).size, id).toBe(ids.length)
  }
})
