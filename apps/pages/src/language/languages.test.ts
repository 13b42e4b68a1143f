import { expect, test } from 'vitest'
import { chooseLanguage, chooseLocale } from './languages.ts'

test.each([
  [null, ['zh-TW', 'en'], 'zh'],
  [null, ['fr-FR', 'zh-CN', 'en'], 'zh'],
  [null, ['fr', 'de'], 'en'],
  [null, [], 'en'],
  ['en', ['zh-CN'], 'en'],
  ['zh', ['en-US'], 'zh'],
  ['klingon', ['zh-CN'], 'zh'],
] as const)('remembering %s, a browser that asks for %j gets %s', (remembered, asked, language) => {
  expect(chooseLanguage(remembered, asked)).toBe(language)
})

test("numbers and dates follow the reader's own region of the language, where they have one", () => {
  expect(chooseLocale('en', ['zh-CN', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(chooseLocale('zh', ['en-GB'])).toBe('zh-CN')
})
