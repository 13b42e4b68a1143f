import { Type, type TProperties } from 'typebox'
import { printedPattern } from './printed-text.ts'

/** The largest id of a sale or an item. Such ids are Postgres integers, and item ids are 32 bits of every order id. */
export const idMax = 2 ** 31 - 1

/** An object that refuses unknown fields. */
export function closedObject<Properties extends TProperties>(properties: Properties, description?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(description && { description }) })
}

/** A sale or item id in a JSON body or answer. */
export const Id = Type.Integer({ minimum: 1, maximum: idMax })

/** A regular expression for the same id within a text. */
export const idPattern = `(?:${wholeNumbersUpTo(idMax)})`

/** The same id in a path. A path is text and is not coerced; `Number(id)` is always safe. */
export const IdInPath = Type.String({ pattern: `^${idPattern}$`, description: 'A positive integer.' })

/** Lower case only, as the service writes it, so that an order has one spelling. */
export const OrderId = Type.String({
  format: 'uuid',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
})

/** A moment in an answer: ISO 8601, UTC, with milliseconds. */
export const Moment = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, with milliseconds.' })

/**
 * A moment in a request. The pattern allows less than the format: years 2000 to 2999 and no leap second, so that `new Date(text)` is always
 * valid and Postgres can always store it.
 */
export const MomentGiven = Type.String({
  format: 'date-time',
  pattern: String.raw`^2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$`,
  description: 'ISO 8601 with a time zone.',
})

/** Text that people read. */
export function printedText(lengthMax: number) {
  return Type.String({
    minLength: 1,
    maxLength: lengthMax,
    pattern: printedPattern,
    description: 'Visible text, without control, invisible or direction-changing characters.',
  })
}

/** A regular expression for 1 to `max` without leading zeros: numbers with fewer digits, then numbers that first differ from `max` at each place. */
function wholeNumbersUpTo(max: number): string {
  const digits = String(max)
  const smaller = digits.split('').flatMap((digit, place) => {
    const lowest = place === 0 ? 1 : 0
    if (Number(digit) <= lowest) return []
    return `${digits.slice(0, place)}[${lowest}-${Number(digit) - 1}]\\d{${digits.length - place - 1}}`
  })
  return [`[1-9]\\d{0,${digits.length - 2}}`, ...smaller, digits].join('|')
}
