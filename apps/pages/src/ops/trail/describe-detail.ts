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
  format: Pick<Format, 'count' | 'price'>,
): DescribedDetail[] {
  const described = withMoney(detail, format)
  const known = Object.keys(names).filter((key) => Object.hasOwn(described, key))
  const unknown = Object.keys(described).filter((key) => !Object.hasOwn(names, key))
  return [...known, ...unknown].map((key) => ({
    key,
    name: wordFor(key, names),
    value: describeValue(described[key]!, values[key] ?? {}, format),
  }))
}

/** An amount is told in its currency. */
function withMoney(detail: Detail, format: Pick<Format, 'price'>): Detail {
  const { amount, currency, ...rest } = detail
  if (typeof amount !== 'number' || typeof currency !== 'string') return detail
  return { ...rest, amount: format.price(amount, currency) }
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
