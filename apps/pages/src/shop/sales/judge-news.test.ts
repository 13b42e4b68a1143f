import { expect, test } from 'vitest'
import type { Heard } from '../../server/hearing.ts'
import { judgeNews, type News } from './judge-news.ts'
import type { StreamedSales } from './streamed-sales.ts'

const open: StreamedSales = {
  isOpen: true,
  isAway: false,
  asOfMs: 1,
  saleIds: [7],
  hasMore: false,
  readings: new Map(),
}
const closed = { ...open, isOpen: false }
const judge = (streamed: StreamedSales | undefined, known: { before?: News; isUnread?: boolean; heard?: Heard } = {}) =>
  judgeNews({ before: 'CURRENT', streamed, saleId: 7, isOver: false, isUnread: false, heard: 'ANSWERS', ...known })

test('a page whose sale is on the open stream says nothing of a list that cannot be read', () => {
  expect(judge(open, { isUnread: true })).toBe('CURRENT')
  expect(judge({ ...open, saleIds: [8] }, { isUnread: true })).toBe('OLD')
})

test('a page with an open stream never says that the shop does not answer', () => {
  expect(judge(open, { isUnread: true, heard: 'SILENT' })).toBe('OLD')
  expect(judge({ ...open, isAway: true }, { isUnread: true, heard: 'SILENT' })).toBe('OLD')
  expect(judge({ ...open, isAway: true }, { heard: 'UNSURE' })).toBe('OLD')
})

test('a stream that only looks open does not make the numbers of a silent shop current', () => {
  expect(judge(open, { heard: 'SILENT' })).toBe('OLD')
})

test('without a stream the shop answers as long as anything is answered, also when it can show nothing', () => {
  for (const streamed of [undefined, closed]) {
    expect(judge(streamed)).toBe('CURRENT')
    expect(judge(streamed, { isUnread: true })).toBe('OLD')
    expect(judge(streamed, { isUnread: true, heard: 'SILENT' })).toBe('NO_ANSWER')
  }
})

test.each(['CURRENT', 'OLD', 'NO_ANSWER'] as const)(
  'a page that says %s says just that until it has made sure whether the shop answers',
  (before) => {
    for (const isUnread of [false, true]) expect(judge(closed, { before, isUnread, heard: 'UNSURE' })).toBe(before)
  },
)

test('a silent shop stays silent while a reading begins anew', () => {
  expect(judge(closed, { heard: 'SILENT' })).toBe('NO_ANSWER')
})
