import { StartupError } from '@flash-sale/runtime/startup-error'
import { expect, test } from 'vitest'
import { readHelpOnly } from './read-flags.ts'

test('a command without options knows --help, and refuses everything else in one line', () => {
  expect(readHelpOnly([])).toBe(false)
  expect(readHelpOnly(['--', '--help'])).toBe(true)
  expect(readHelpOnly(['-h'])).toBe(true)
  expect(() => readHelpOnly(['now'])).toThrow(new StartupError("Unexpected argument 'now'; --help lists what there is"))
  expect(() => readHelpOnly(['--now'])).toThrow(new StartupError("Unknown option '--now'; --help lists what there is"))
})
