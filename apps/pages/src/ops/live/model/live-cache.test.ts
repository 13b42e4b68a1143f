import { QueryClient } from '@tanstack/react-query'
import type { LiveItem, OpsFrame } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { takeFrame } from './live-cache.ts'
import { liveItem } from './live-items.fixture.ts'
import { rateSample } from './rate-sample.fixture.ts'

function frameOf(items: LiveItem[], second: number, itemIds = items.map(({ itemId }) => itemId)): OpsFrame {
  const at = new Date(second * 1_000).toISOString()
  return {
    at,
    itemIds,
    items,
    processes: [],
    stores: [],
    degraded: [],
    readiness: { level: 'fsync', clock: null, redisRoom: null },
    failedJobs: 0,
    troubles: null,
    rates: rateSample({ at }),
  }
}

const keptItems = (client: QueryClient) => client.getQueryData<LiveItem[]>(['ops', 'live', 'items']) ?? []

test('a frame changes the items that changed; the others stay the very same, and are not rendered again', () => {
  const client = new QueryClient()
  takeFrame(client, frameOf([liveItem({ itemId: 1 }), liveItem({ itemId: 2 })], 1))
  const before = keptItems(client)
  takeFrame(client, frameOf([liveItem({ itemId: 1 }), liveItem({ itemId: 2, available: 99, outboxUnits: 1 })], 2))
  const after = keptItems(client)
  expect(after[0]).toBe(before[0])
  expect(after[1]).toMatchObject({ itemId: 2, available: 99, outboxUnits: 1 })
})

test('an item that is no longer in the frames is gone', () => {
  const client = new QueryClient()
  takeFrame(client, frameOf([liveItem({ itemId: 1 }), liveItem({ itemId: 2 })], 1))
  takeFrame(client, frameOf([liveItem({ itemId: 2 })], 2))
  expect(keptItems(client).map(({ itemId }) => itemId)).toEqual([2])
})

test('an item that a frame names and does not bring is as it was, in the order of the frame', () => {
  const client = new QueryClient()
  takeFrame(client, frameOf([liveItem({ itemId: 1 }), liveItem({ itemId: 2 })], 1))
  const [first] = keptItems(client)
  takeFrame(client, frameOf([liveItem({ itemId: 2, available: 99, outboxUnits: 1 })], 2, [2, 1]))
  const [second, other] = keptItems(client)
  expect(second).toMatchObject({ itemId: 2, available: 99 })
  expect(other).toEqual(first)
})
