import type { OrderView } from '@flash-sale/contract/orders'
import { expect, test } from 'vitest'
import { keepInMemory } from '../../browser/kept-text.ts'
import { createOrderMemory } from './order-memory.ts'

function order(orderId: string, quantity = 1): OrderView {
  return { orderId, itemId: 7, quantity, status: 'accepted', acceptedAt: '2026-01-01T10:00:00.000Z' }
}

test('orders are remembered across reloads, the newest first and each once', () => {
  const kept = keepInMemory()
  createOrderMemory(kept, 'ann').remember(order('a'))
  createOrderMemory(kept, 'ann').remember(order('b'))
  createOrderMemory(kept, 'ann').remember(order('a', 2))
  expect(createOrderMemory(kept, 'ann').list()).toEqual([order('a', 2), order('b')])
  expect(createOrderMemory(kept, 'bob').list()).toEqual([])
})

test('an order that the service lists is forgotten, and only so many are remembered', () => {
  const memory = createOrderMemory(keepInMemory(), 'ann')
  for (let i = 0; i < 30; i += 1) memory.remember(order(`order ${i}`))
  expect(memory.list()).toHaveLength(20)
  memory.forget(['order 29'])
  expect(memory.list()[0]?.orderId).toBe('order 28')
})

test('what is kept but is no list of orders is as good as nothing', () => {
  const kept = keepInMemory()
  const name = 'flash-sale.orders:ann'
  for (const text of ['no JSON', '{}', 'null', '[null,1,{}]']) {
    kept.set(name, text)
    expect(createOrderMemory(kept, 'ann').list()).toEqual([])
  }
})

test('the order of another tab shows here, and stays when that tab has seen it listed', () => {
  const kept = keepInMemory()
  const [here, there] = [createOrderMemory(kept, 'ann'), createOrderMemory(kept, 'ann')]
  let toldCount = 0
  here.subscribe(() => (toldCount += 1))
  there.remember(order('a'))
  here.readAgain()
  expect([here.list(), toldCount]).toEqual([[order('a')], 1])
  there.forget(['a'])
  here.readAgain()
  expect(here.list()).toEqual([order('a')])
  here.forget(['a'])
  expect(here.list()).toEqual([])
})
