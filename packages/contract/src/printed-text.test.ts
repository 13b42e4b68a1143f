import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { printedText } from './fields.ts'
import { isPrinted, skuIdentity } from './printed-text.ts'

test.each([
  'T-shirt',
  '限量 T 恤',
  '👩‍🚀 suit',
  '❤️',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿 shirt',
  'می‌خواهم',
  '葛\u{e0100}城',
  'é',
  'e\u0301',
  'שלום',
  '한국',
  '①',
  ' a ',
])('a name may be %s', (name) => {
  expect(isPrinted(name)).toBe(true)
  expect(Value.Check(printedText(200), name)).toBe(true)
})

/** By what is wrong with them; each also spoils a name that can be seen, unless it is a space. */
const unseen = {
  spaces: ['', '   ', '\u00a0', '\u3000', '\u2003', '\u2800'],
  control: ['\u0000', '\n', '\t', '\u001b[31mred', '\u007f', '\u0085', '\u2028', '\u2029'],
  'lone surrogates': ['\ud800', '\udc00'],
  'zero width': ['\u200b', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u180e', '\u206a'],
  fillers: ['\u3164', '\u115f', '\u1160', '\uffa0', '\u17b4'],
  direction: ['\u202e', '\u202a', '\u200e', '\u200f', '\u2066', '\u2069', '\u061c'],
  annotation: ['\ufff9', '\ufffb'],
  'joiners and variants alone': ['\u200d', '\u200c', '\ufe0f', '\u{e0100}', '\u{e0067}'],
}

test.each(Object.entries(unseen))('a name may not be of %s only', (_what, names) => {
  for (const name of names) {
    expect(isPrinted(name), JSON.stringify(name)).toBe(false)
    expect(Value.Check(printedText(200), name), JSON.stringify(name)).toBe(false)
  }
})

test('a name may not hold control characters, or what is not seen and joins nothing', () => {
  const { control, fillers, direction, annotation } = unseen
  for (const text of [
    ...control,
    ...unseen['lone surrogates'],
    ...unseen['zero width'],
    ...fillers,
    ...direction,
    ...annotation,
  ]) {
    expect(isPrinted(`a${text}b`), JSON.stringify(text)).toBe(false)
  }
})

test.each([
  ['A-1', ' A-1 ', 'A- 1', 'A-\u00a01', 'A-1\u200d', 'A-1\ufe0f', 'Ａ－１'],
  ['é', 'e\u0301'],
  ['Å', 'Å', 'A\u030a'],
])('SKUs that look like %s are one', (...skus) => {
  expect(new Set(skus.map(skuIdentity)).size).toBe(1)
})

test('SKUs that can be told apart are several', () => {
  expect(new Set(['a-1', 'A-1', 'a1', 'á-1', 'a-l'].map(skuIdentity)).size).toBe(5)
})
