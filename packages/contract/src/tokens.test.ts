import { expect, test } from 'vitest'
import { isBuyer } from './tokens.ts'

test.each([
  'a',
  'buyer-1',
  'jane@example.com',
  '王小明',
  'José Ñandú',
  '🛒',
  'x'.repeat(128),
  '🛒'.repeat(128),
  '❤️',
  '葛\u{e0100}城',
  'a\u0301',
])('a buyer may be called %s', (subject) => expect(isBuyer(subject)).toBe(true))

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
  ' ',
  '   ',
  '\u3164',
  'a\u3164',
  'a\u115f\u1160',
  '\uffa0',
  'a\u034f',
  '\u2800',
  '\ufe0f',
  'a\u00ad',
  'a\u200d',
  'a\u202e',
  'a\ufeff',
  7,
  null,
])('a buyer may not be called %j', (subject) => expect(isBuyer(subject)).toBe(false))
