import type { PlacedEvent } from '@flash-sale/database/feed/order-events'
import { expect, test } from 'vitest'
import { cutWindow } from './window.ts'

function eventsOf(...orderIds: string[]): PlacedEvent[] {
  return orderIds.map((orderId, i) => ({ place: BigInt(i + 1), event: { orderId } as PlacedEvent['event'] }))
}

function placesOf(window: readonly PlacedEvent[]): number[] {
  return window.map(({ place }) => Number(place))
}

test('the next change of an order waits until its change before is delivered', () => {
  expect(placesOf(cutWindow(eventsOf('a', 'b', 'a', 'c'), 16))).toEqual([1, 2])
})

test('events of different orders are on their way together, up to a bound', () => {
  expect(placesOf(cutWindow(eventsOf('a', 'b', 'c', 'd'), 3))).toEqual([1, 2, 3])
  expect(placesOf(cutWindow(eventsOf('a', 'b'), 1))).toEqual([1])
})
