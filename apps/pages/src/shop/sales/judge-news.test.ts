import { expect, test } from 'vitest'
import { judgeNews } from './judge-news.ts'
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
const judge = (streamed: StreamedSales | undefined, heard: { isUnread?: boolean; isSilent?: boolean } = {}) =>
  judgeNews({ streamed, saleId: 7, isOver: false, isUnread: false, isSilent: false, ...heard })

test('a page whose sale is on the open stream says nothing of a list that cannot be read', () => {
  expect(judge(open, { isUnread: true })).toBe('CURRENT')
  expect(judge({ ...open, saleIds: [8] }, { isUnread: true })).toBe('OLD')
})

test('a page with an open stream never says that the shop does not answer', () => {
  expect(judge(open, { isUnread: true, isSilent: true })).toBe('OLD')
  expect(judge({ ...open, isAway: true }, { isUnread: true, isSilent: true })).toBe('OLD')
  expect(judge({ ...open, isAway: true })).toBe('OLD')
})

test('a page with an open stream says nothing of a request that has nothing to do with the sales', () => {
  expect(judge(open, { isSilent: true })).toBe('CURRENT')
})

test('without a stream the shop answers as long as anything is answered, also when it can show nothing', () => {
  for (const streamed of [undefined, closed]) {
    expect(judge(streamed)).toBe('CURRENT')
    expect(judge(streamed, { isUnread: true })).toBe('OLD')
    expect(judge(streamed, { isUnread: true, isSilent: true })).toBe('NO_ANSWER')
  }
})

test('a silent shop stays silent while a reading begins anew', () => {
  expect(judge(closed, { isSilent: true })).toBe('NO_ANSWER')
})
