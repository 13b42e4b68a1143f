import { expect, test } from 'vitest'
import { openFilesMax } from './open-files-max.ts'

/** The file of limits with this line. */
const limits = (files: string) => () =>
  `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${files}     files\n`

test('the limit of open files is read from what Linux tells, and other systems have none', () => {
  expect(openFilesMax(limits('1024                 4096'))).toBe(1024)
  expect(openFilesMax(limits('unlimited            unlimited'))).toBe(Infinity)
  expect(openFilesMax(() => '')).toBe(Infinity)
  expect(openFilesMax()).toBeGreaterThan(0)
})
