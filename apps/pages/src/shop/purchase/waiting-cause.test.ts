import { expect, test } from 'vitest'
import { waitingCause } from './waiting-cause.ts'

test('a buyer who waits reads of a crowd only if there is one', () => {
  expect(waitingCause('OVERLOADED', false)).toBe('busy')
  expect(waitingCause('BUSY', false)).toBe('busy')
  expect(waitingCause('UNAVAILABLE', false)).toBe('unavailable')
  expect(waitingCause('NOT_QUITE_OPEN', false)).toBe('notQuiteOpen')
})

test('a buyer whose order may have been taken reads that first, whatever the last answer was', () => {
  expect(waitingCause('UNAVAILABLE', true)).toBe('unsure')
  expect(waitingCause('BUSY', true)).toBe('unsure')
})
