import { readFile } from 'node:fs/promises'
import type { Text } from './text.ts'

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** A text in both languages. The page shows the chosen one. */
export function both({ en, zh }: Text): string {
  if (en === zh) return escaped(en)
  return `<span lang="en">${escaped(en)}</span><span lang="zh">${escaped(zh)}</span>`
}

/** Sentences of one paragraph. Chinese puts no space between them. */
export function paragraph(sentences: readonly Text[]): string {
  return both({ en: sentences.map(({ en }) => en).join(' '), zh: sentences.map(({ zh }) => zh).join('') })
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** 3.4, 27, 1,204 */
export function shortNumber(value: number): string {
  return value > 0 && value < 10 ? String(Number(value.toFixed(value < 1 ? 2 : 1))) : count(value)
}

/** The script of a page in two languages: buttons with `data-language` choose the one that is shown. */
export function readLanguageSwitch(): Promise<string> {
  // src and dist are equally deep.
  return readFile(new URL('../src/language-switch.js', import.meta.url), 'utf8')
}
