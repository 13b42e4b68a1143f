import { expect, test } from 'vitest'
import { createFormat } from './format.ts'

const en = createFormat('en-GB', 'UTC')
const zh = createFormat('zh-CN', 'Asia/Shanghai')
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test.each([
  [0, '0 ms'],
  [340, '340 ms'],
  [999.4, '999 ms'],
  [1_240, '1.2 s'],
  [24_000, '24 s'],
  [90_000, '1.5 min'],
  [7_200_000, '2 h'],
])('a span of %i ms is written as %s', (ms, text) => {
  expect(plain(en.span(ms))).toBe(text)
})

test.each([
  [41_000, '41 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [93_600_000, '1 d 2 h'],
])('a long span of %i ms is written as %s', (ms, text) => {
  expect(plain(en.longSpan(ms))).toBe(text)
})

test.each([
  [200, '1 s'],
  [44_600, '45 s'],
  [59_700, '1 min'],
  [1_611_000, '27 min'],
  [7_512_000, '2 h 5 min'],
])('a reckoned span of %i ms is written as %s, without a precision that nobody has', (ms, text) => {
  expect(plain(en.roughSpan(ms))).toBe(text)
})

test('a space that does not break separates Chinese units from their numbers too', () => {
  expect(zh.span(340)).toBe('340\u00a0毫秒')
  expect(plain(zh.longSpan(200_000))).toBe('3 分钟 20 秒')
  expect(plain(zh.micros(6.14))).toBe('6.1 微秒')
  expect(plain(zh.micros(1_240))).toBe('1.2 毫秒')
  expect(plain(zh.countdown(86_399_500))).toBe('1 天 00:00')
})

test.each([
  [0, '00:00'],
  [1, '00:01'],
  [59_001, '01:00'],
  [277_000, '04:37'],
  [3_877_000, '01:04:37'],
  [86_399_500, '1 d 00:00'],
  [2 * 86_400_000 + 61_000, '2 d 01:01'],
  [30 * 86_400_000 - 1, '30 d 00:00'],
])('what is left of %i ms counts down as %s, and reaches nought only when it is over', (ms, text) => {
  expect(plain(en.countdown(ms))).toBe(text)
})

test('a slow rate keeps a decimal, a fast one does not flicker with it', () => {
  expect([0, 0.4, 3, 9.96, 12.3, 8_123.4].map(en.rate)).toEqual(['0', '0.4', '3', '10', '12', '8,123'])
})

test('nearly all is not all, and nearly nothing is not nothing', () => {
  expect([0, 0.000_1, 0.25, 0.998_4, 1].map(en.percent)).toEqual(['0%', '1%', '25%', '99%', '100%'])
})

test('cents become an amount without ever being a fraction of one', () => {
  expect(en.price(129_900)).toBe('1,299.00')
  expect(en.price(5)).toBe('0.05')
})

test.each([
  ['EUR', 129_900, '€1,299.00', '€1,299.00'],
  ['CNY', 129_900, 'CN¥1,299.00', '¥1,299.00'],
  ['JPY', 1_299, 'JP¥1,299', 'JP¥1,299'],
  ['KWD', 1_299, 'KWD 1.299', 'KWD 1.299'],
  // Browsers would show these without decimals.
  ['RSD', 129_950, 'RSD 1,299.50', 'RSD 1,299.50'],
])(
  'an amount in %s is shown in it, with the decimals that the currency has',
  (currency, amount, inEnglish, inChinese) => {
    expect([plain(en.price(amount, currency)), plain(zh.price(amount, currency))]).toEqual([inEnglish, inChinese])
  },
)

test("times are told in the reader's zone", () => {
  const at = '2026-11-22T16:00:05.000Z'
  expect(en.time(at)).toBe('16:00:05')
  expect(zh.time(at)).toBe('00:00:05')
  expect(zh.zone(at)).toBe('GMT+8')
})
