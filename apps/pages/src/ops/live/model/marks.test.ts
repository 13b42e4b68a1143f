import { expect, test } from 'vitest'
import { liveItem } from './live-items.fixture.ts'
import { noteMarks } from './marks.ts'

const opensAt = '2026-11-22T10:00:00.000Z'
const openedMs = Date.parse(opensAt)
const at = (seconds: number) => openedMs + seconds * 1_000
const opening = { atMs: openedMs, kind: 'opening', name: 'Drop' } as const

test('a sale is marked when it opens, once for all its items, and an item when it is sold out', () => {
  const items = [liveItem(), liveItem({ itemId: 2, name: 'Two' })]
  const marks = noteMarks([], [], items, at(1))
  expect(marks).toEqual([opening])
  const soldOut = [items[0]!, { ...items[1]!, available: 0, soldOutAt: new Date(at(4)).toISOString() }]
  expect(noteMarks(marks, items, soldOut, at(5))).toEqual([opening, { atMs: at(4), kind: 'soldOut', name: 'Two' }])
})

test('a pause, what ends it, and a restock are marked at the frame that shows them', () => {
  const [open, paused] = [liveItem(), liveItem({ state: 'paused' })]
  let marks = noteMarks([opening], [open], [paused], at(10))
  marks = noteMarks(marks, [paused], [open], at(20))
  marks = noteMarks(marks, [open], [{ ...open, total: 150 }], at(30))
  expect(marks).toEqual([
    opening,
    { atMs: at(10), kind: 'pause', name: 'Drop' },
    { atMs: at(20), kind: 'resume', name: 'Drop' },
    { atMs: at(30), kind: 'restock', name: 'One' },
  ])
})

test('nothing is marked before it happens, and marks go when the charts no longer show their time', () => {
  expect(noteMarks([], [], [liveItem({ state: 'scheduled' })], at(-5))).toEqual([])
  const items = [liveItem()]
  expect(noteMarks([opening], items, [...items], at(301))).toEqual([])
})

test('frames that change nothing keep the very same marks', () => {
  const marks = [opening]
  const items = [liveItem()]
  expect(noteMarks(marks, items, items, at(1))).toBe(marks)
  expect(noteMarks(marks, items, [liveItem({ available: 99 })], at(1))).toBe(marks)
})
