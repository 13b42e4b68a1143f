import type { AuditTrailEvent } from '@flash-sale/contract/audit-trail'
import type { Format } from '../../language/format.ts'
import type { DetailWords } from './detail-words.ts'

type Detail = AuditTrailEvent['detail']

export interface DescribedDetail {
  readonly key: string
  readonly name: string
  readonly value: string
}

/** The details of an act in the reader's language: known names first and in their order, unknown names as they are. */
export function describeDetail(
  detail: Detail,
  { names, values }: DetailWords,
  format: Pick<Format, 'count'>,
): DescribedDetail[] {
  const known = Object.keys(names).filter((key) => Object.hasOwn(detail, key))
  const unknown = Object.keys(detail).filter((key) => !Object.hasOwn(names, key))
  return [...known, ...unknown].map((key) => ({
    key,
    name: wordFor(key, names),
    value: describeValue(detail[key]!, values[key] ?? {}, format),
  }))
}

function describeValue(
  value: Detail[string],
  words: Readonly<Record<string, string>>,
  format: Pick<Format, 'count'>,
): string {
  return typeof value === 'number' ? format.count(value) : wordFor(String(value), words)
}

function wordFor(text: string, words: Readonly<Record<string, string>>): string {
  return Object.hasOwn(words, text) ? words[text]! : text
}
