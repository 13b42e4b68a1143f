import { orderStatuses, orderStatusFacts, takesUnits as contractTakesUnits } from '@flash-sale/contract/order-statuses'
import { expect, test } from 'vitest'
import { takesUnits } from './read-stored-item.ts'

test('the history checker and the contract say the same of which orders take units', () => {
  const stored = orderStatuses.filter((status) => orderStatusFacts[status].isStored)
  expect(takesUnits).toEqual(Object.fromEntries(stored.map((status) => [status, contractTakesUnits(status)])))
})
