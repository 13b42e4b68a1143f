import { expect, test } from 'vitest'
import { noAnswer, ProblemError } from '../../server/problem.ts'
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
const unavailable = new ProblemError({ code: 'UNAVAILABLE', type: '', title: '', detail: '', status: 503 })
const silence = new ProblemError(noAnswer('It timed out.'))
const judge = (streamed: StreamedSales | undefined, ...failures: (Error | null)[]) =>
  judgeNews({ streamed, saleId: 7, isOver: false, failures })

test('a page whose sale is on the open stream says nothing of a list that cannot be read', () => {
  expect(judge(open, unavailable, null)).toBe('CURRENT')
  expect(judge({ ...open, saleIds: [8] }, unavailable, null)).toBe('OLD')
})

test('a page with an open stream never says that the shop does not answer', () => {
  expect(judge(open, silence, null)).toBe('OLD')
  expect(judge({ ...open, isAway: true }, silence, silence)).toBe('OLD')
  expect(judge({ ...open, isAway: true })).toBe('OLD')
})

test('without a stream an answer of the service is an answer, also when it can show nothing', () => {
  expect(judge(undefined, null, null)).toBe('CURRENT')
  expect(judge({ ...open, isOpen: false }, null, unavailable)).toBe('OLD')
  expect(judge(undefined, silence, null)).toBe('NO_ANSWER')
})
