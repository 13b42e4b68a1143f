import { expect, test } from 'vitest'
import { addressOf, errorsIn, searchIn } from './search.ts'

const orderId = '0000002a-9a1c-8d2e-b0f3-0123456789ab'

test('a search survives its way through the address, whatever the buyer is called', () => {
  const search = { buyer: '王 & 小明=1', orderId, itemId: '7' }
  expect(searchIn(new URLSearchParams(addressOf(search)))).toEqual(search)
})

test('what is not given is not in the address', () => {
  expect(addressOf({ buyer: '', orderId: '', itemId: '7' })).toBe('itemId=7')
  expect(addressOf({ buyer: '', orderId: '', itemId: '' })).toBe('')
})

test('an order id that was copied in capitals and with spaces is found all the same', () => {
  expect(searchIn(new URLSearchParams({ orderId: ` ${orderId.toUpperCase()} ` })).orderId).toBe(orderId)
})

test('what the service would refuse is said before it is asked', () => {
  expect(errorsIn({ buyer: '', orderId: '50210', itemId: 'seven' })).toEqual({ orderId: true, itemId: true })
  expect(errorsIn({ buyer: '', orderId: '', itemId: '2147483648' })).toEqual({ itemId: true })
  expect(errorsIn({ buyer: 'x', orderId, itemId: '7' })).toEqual({})
  expect(errorsIn({ buyer: '', orderId: '', itemId: '2147483647' })).toEqual({})
})
