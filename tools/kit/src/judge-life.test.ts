import { expect, test } from 'vitest'
import { findStatusesTakenBack } from './judge-life.ts'
import type { OrderNote } from './paying-buyers.ts'

const note = (orderId: string, status?: OrderNote['status']): OrderNote => ({
  atMs: 0,
  buyer: 'ann',
  orderId,
  text: '',
  status,
})
const lives = [
  { orderId: 'a', statuses: ['confirmed', 'paid', 'cancelled'] },
  { orderId: 'b', statuses: ['confirmed', 'expired'] },
]

test('a status that a buyer was told, and that the order has had, is true', () => {
  expect(findStatusesTakenBack([note('a', 'paid'), note('a', 'cancelled'), note('b')], lives)).toEqual([])
})

test('a status that a buyer was told, and that the order never had, is convicted', () => {
  const details = findStatusesTakenBack([note('b', 'cancelled'), note('c', 'paid')], lives).map(({ detail }) => detail)
  expect(details).toEqual([
    'order b of ann: told was cancelled; it was confirmed, expired',
    'order c of ann: told was paid; it was never there',
  ])
})
