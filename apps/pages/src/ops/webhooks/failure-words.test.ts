import { expect, test } from 'vitest'
import { failureInChinese } from './failure-words.ts'

test.each([
  ['Nothing listens at its address.', '该地址没有服务在监听。'],
  ['It answered 503.', '对方返回状态码 503。'],
  ['It answered 302; redirects are not followed.', '对方返回状态码 302；系统不跟随重定向。'],
  ['It did not answer within 15 s.', '对方在 15 秒内没有响应。'],
  ['It could not be reached (EPIPE).', '无法连接（EPIPE）。'],
  ['The event is not in Postgres any more.', '该事件已不在 Postgres 中。'],
])('"%s" is read in Chinese', (failure, told) => {
  expect(failureInChinese(failure)).toBe(told)
})

test('a failure that the page does not know stays as the service tells it', () => {
  expect(failureInChinese('Its certificate is odd.')).toBe('Its certificate is odd.')
})
