import { expect, test } from 'vitest'
import { noneTurnedDown, noteTurnedDown } from './turned-down.ts'

const order = (orderId: string) => ({ orderId, buyer: 'ann', quantity: 1, acceptedAtMs: 1 })

test('orders that were turned down by a call whose answer was lost are told, those that their ledger refused before are not', () => {
  const turnedDown = noneTurnedDown()
  const orders = [order('a'), order('b'), { ...order('c'), refused: 'SOLD_OUT' } as const, order('d')]
  noteTurnedDown(turnedDown, orders, ['LEDGER_WRONG', 'rejected', 'rejected', 'confirmed'])
  expect(turnedDown).toEqual({ rejected: 2, conflicts: 0, quarantined: 0, orderIds: ['a', 'b'] })
})
