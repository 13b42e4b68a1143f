import { expect, test } from 'vitest'
import { isBuyer } from './tokens.ts'

test.each(['a', 'buyer-1', 'jane@example.com', '王小明', 'José Ñandú', '🛒', 'x'.repeat(128), '🛒'.repeat(128)])(
  'a buyer may be called %s',
  (subject) => expect(isBuyer(subject)).toBe(true),
)

test.each([
  '',
  'x'.repeat(129),
  'a\u0000',
  'a\nb',
  'a\tb',
  '\ud800',
  'a\udc00b',
  '\u200b',
  '\u202ea',
  '\u00a0',
  7,
  null,
])('a buyer may not be called %j', (subject) => expect(isBuyer(subject)).toBe(false))
