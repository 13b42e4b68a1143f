import type { SaleView } from '@flash-sale/contract/sales'
import { AwayEvent, SalesEvent, StockEvent } from '@flash-sale/contract/sales-events'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { collected, saleOf } from './collected-sales.fixture.ts'
import { createSalesFrames } from './sales-frames.ts'

const schemas = { sales: SalesEvent, stock: StockEvent, away: AwayEvent }

function read(events: Buffer): [name: string, data: Record<string, unknown>][] {
  return [...events.toString().matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, name, data]) => {
    const value: Record<string, unknown> = JSON.parse(data!)
    expect([...Value.Errors(schemas[name as keyof typeof schemas], value)]).toEqual([])
    return [name!, value]
  })
}

/** Frames that have told these sales. */
function framesAfter(sales: readonly SaleView[]) {
  const frames = createSalesFrames()
  frames.take(collected(sales))
  frames.next()
  return frames
}

test('the first frame has all sales, and then nothing is news until something changes', () => {
  const frames = createSalesFrames()
  expect(frames.whole()).toBeUndefined()
  expect(frames.take(collected([saleOf(2, 5), saleOf(1, 0)]))).toBe('URGENT')
  const { changes, whole } = frames.next()
  expect(read(changes)).toMatchObject([
    ['sales', { saleIds: [2, 1], hasMore: false, sales: [{ saleId: 2 }, { saleId: 1 }] }],
  ])
  expect(whole()).toEqual(changes)
  expect(frames.take(collected([saleOf(2, 5), saleOf(1, 0)]))).toBe('NONE')
})

test('a changed number is told as a number, in no hurry', () => {
  const frames = framesAfter([saleOf(2, 5), saleOf(1, 3)])
  expect(frames.take(collected([saleOf(2, 4), saleOf(1, 3)]))).toBe('STOCK')
  expect(read(frames.next().changes)).toMatchObject([['stock', { available: { '20': 4 } }]])
})

test.each([
  ['the last unit is sold', saleOf(1, 1), saleOf(1, 0)],
  ['there are units again', saleOf(1, 0), saleOf(1, 1)],
  ['the sale is paused', saleOf(1, 1), saleOf(1, 1, { state: 'paused' })],
  ['the sale goes on', saleOf(1, 1, { state: 'paused' }), saleOf(1, 1)],
])('that %s is urgent', (_, before, after) => {
  const frames = framesAfter([before])
  expect(frames.take(collected([after]))).toBe('URGENT')
})

test('that a sale opens by the clock is no news', () => {
  const frames = framesAfter([saleOf(1, 10, { state: 'scheduled' })])
  expect(frames.take(collected([saleOf(1, 10, { state: 'open' })]))).toBe('NONE')
})

test('a new sale comes whole, beside the numbers of the others', () => {
  const frames = framesAfter([saleOf(1, 5)])
  expect(frames.take(collected([saleOf(2, 10, { state: 'scheduled' }), saleOf(1, 4)]))).toBe('URGENT')
  expect(read(frames.next().changes)).toMatchObject([
    ['sales', { saleIds: [2, 1], sales: [{ saleId: 2, state: 'scheduled' }] }],
    ['stock', { available: { '10': 4 } }],
  ])
})

test('a sale that was ended is told with its last state, and leaves the list', () => {
  const frames = framesAfter([saleOf(2, 5), saleOf(1, 5)])
  const closed = saleOf(1, 3, { state: 'closed' })
  expect(frames.take(collected([saleOf(2, 5)], { ended: [closed] }))).toBe('URGENT')
  // Collected again before it was told: the end is not lost.
  frames.take(collected([saleOf(2, 5)]))
  expect(read(frames.next().changes)).toMatchObject([
    ['sales', { saleIds: [2], sales: [{ saleId: 1, state: 'closed' }] }],
  ])
})

test('a listener that comes while news wait gets what was told, so that the next changes fit', () => {
  const frames = framesAfter([saleOf(1, 0)])
  frames.take(collected([saleOf(1, 1)]))
  expect(read(frames.whole()!)).toMatchObject([['sales', { sales: [{ items: [{ available: 0 }] }] }]])
})

test('after the stores were away everything is told anew, also that there is no sale', () => {
  const frames = framesAfter([])
  expect(read(frames.away(0).changes)).toEqual([['away', { at: '1970-01-01T00:00:00.000Z' }]])
  expect(frames.whole()).toBeUndefined()
  expect(frames.take(collected([]))).toBe('URGENT')
  expect(read(frames.next().changes)).toMatchObject([['sales', { saleIds: [], sales: [] }]])
})

/** What a listener hears next that hears first of these items. */
function hearing(frames: ReturnType<typeof createSalesFrames>, first: readonly number[]) {
  const frame = frames.next().for(first)
  return frame && read(frame.changes)
}

describe('units that only some hear of', () => {
  test('go as one frame to all who hear first of the same items, and nothing goes to the others', () => {
    const frames = framesAfter([saleOf(2, 0), saleOf(1, 0)])
    expect(frames.take(collected([saleOf(2, 0), saleOf(1, 0)]), new Map([[10, 3]]))).toBe('URGENT')
    const news = frames.next()
    expect(news.for([])).toBeUndefined()
    expect(news.for([20])).toBeUndefined()
    expect(read(news.for([10])!.changes)).toMatchObject([['stock', { available: { '10': 3 } }]])
    expect(news.for([10, 20])).toBe(news.for([10]))
    expect(read(news.for([10])!.whole()).map(([name]) => name)).toEqual(['sales', 'stock'])
    expect(frames.take(collected([saleOf(2, 0), saleOf(1, 0)]), new Map([[10, 3]]))).toBe('NONE')
  })

  test('are in the first event of a listener that hears first of them, and of no other', () => {
    const frames = framesAfter([saleOf(1, 0)])
    frames.take(collected([saleOf(1, 0)]), new Map([[10, 3]]))
    expect(read(frames.whole([10])!)).toHaveLength(1)
    frames.next()
    expect(read(frames.whole([10])!)).toMatchObject([
      ['sales', { sales: [{ items: [{ available: 0 }] }] }],
      ['stock', { available: { '10': 3 } }],
    ])
    expect(read(frames.whole()!)).toHaveLength(1)
    expect(read(frames.whole([20])!)).toHaveLength(1)
    // A crowd that comes at once shares it.
    expect(frames.whole([10, 20])).toBe(frames.whole([10]))
    frames.take(collected([saleOf(1, 0)]), new Map([[10, 3]]))
    expect(frames.whole([10, 20])).toBe(frames.whole([10]))
    expect(read(frames.whole([10])!)).toHaveLength(2)
  })

  test('stay known to those who hear first when the sale is told whole, which has none of them', () => {
    const frames = framesAfter([saleOf(1, 0)])
    frames.take(collected([saleOf(1, 0)]), new Map([[10, 3]]))
    frames.next()
    frames.take(collected([saleOf(1, 0, { name: 'New name' })]), new Map([[10, 3]]))
    expect(hearing(frames, [10])).toMatchObject([
      ['sales', { sales: [{ name: 'New name', items: [{ available: 0 }] }] }],
      ['stock', { available: { '10': 3 } }],
    ])
  })

  test('are told as gone, to those who heard of them alone, when they are gone again', () => {
    const frames = framesAfter([saleOf(1, 0)])
    frames.take(collected([saleOf(1, 0)]), new Map([[10, 3]]))
    frames.next()
    expect(frames.take(collected([saleOf(1, 0)]), new Map([[10, 2]]))).toBe('STOCK')
    frames.next()
    expect(frames.take(collected([saleOf(1, 0)]))).toBe('URGENT')
    const news = frames.next()
    expect(read(news.for([10])!.changes)).toMatchObject([['stock', { available: { '10': 0 } }]])
    expect(news.for([])).toBeUndefined()
    expect(frames.take(collected([saleOf(1, 0)]))).toBe('NONE')
  })

  test('are told to everybody once everybody may hear of them', () => {
    const frames = framesAfter([saleOf(1, 0)])
    frames.take(collected([saleOf(1, 0)]), new Map([[10, 3]]))
    frames.next()
    expect(frames.take(collected([saleOf(1, 3)]))).toBe('URGENT')
    expect(hearing(frames, [])).toMatchObject([['stock', { available: { '10': 3 } }]])
  })
})
