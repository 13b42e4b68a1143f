import { LockLostError, LockTimeoutError } from '@flash-sale/lock/lock-errors'
import { StoreUnansweredError } from '@flash-sale/runtime/answer-within'
import { HoldLostError } from '@flash-sale/upkeep/hold-item'
import { expect, test } from 'vitest'
import { storeFailureCode } from './store-failure.ts'

test.each([
  ['somebody else holds the item', new LockTimeoutError('item:1', 5_000, 100), 'BUSY'],
  ['somebody else took over', new HoldLostError(1), 'BUSY'],
  ['the lease was lost, and with it the word on what was done', new LockLostError('item:1', 'gone'), 'UNAVAILABLE'],
  ['a store did not answer', new StoreUnansweredError('Redis did not answer'), 'UNAVAILABLE'],
  ['it is a fault of ours', new TypeError('not a function'), undefined],
])('when %s', (_what, error, code) => {
  expect(storeFailureCode(error)).toBe(code)
})
