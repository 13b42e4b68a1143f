import { expect, test } from 'vitest'
import { preferredWaitSeconds } from './preferred-wait.ts'

test.each([
  ['wait=10', 10],
  ['Wait = 10', 10],
  ['respond-async, wait=10', 10],
  ['foo="a, wait=3", wait="7"', 7],
  ['return=minimal; foo="some parameter", wait=5; bar', 5],
  ['wait=4, wait=9', 4],
  ['wait=3600', 30],
  ['wait=0', 0],
  ['wait', 0],
  ['wait=soon', 0],
  ['wait=-1', 0],
  ['wait=1.5', 0],
  ['wait=99999999999999999999', 0],
  ['await=10', 0],
  ['', 0],
  [',,;=",', 0],
])('"%s" asks to wait %d s', (header, seconds) => {
  expect(preferredWaitSeconds(header)).toBe(seconds)
})
