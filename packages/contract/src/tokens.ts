import { Type, type Static } from 'typebox'
import { closedObject } from './fields.ts'

/**
 * A buyer's name: 1 to 128 letters, marks, numbers, punctuation, symbols and plain spaces of any language, at least one of them visible.
 * Control and format characters, invisible letters, lone surrogates and unassigned code points are refused, since the name goes into Redis
 * keys, into Postgres, which cannot store a NUL, and into logs. So is U+FFFD: it stands where bytes were no UTF-8, so that two names that were
 * signed in another encoding would be one buyer.
 */
export const buyerPattern = [
  String.raw`^(?=.*[^ \p{DI}\u2800])(?!.*[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffd])`,
  String.raw`[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,128}$`,
].join('')

const buyerExpression = new RegExp(buyerPattern, 'u')
/** The names that most buyers have, which the pattern takes too: its look-ups of characters of all languages cost more than all else here. */
const plainBuyer = /^[!-~][ -~]{0,127}$/

/** Whether a token's subject can be a buyer. */
export function isBuyer(subject: unknown): subject is string {
  return typeof subject === 'string' && (plainBuyer.test(subject) || buyerExpression.test(subject))
}

export const DevTokenBody = closedObject({
  buyer: Type.String({
    pattern: buyerPattern,
    description: 'The name of a buyer, 1 to 128 visible characters.',
  }),
})
export type DevTokenBody = Static<typeof DevTokenBody>

export const DevToken = closedObject({ token: Type.String() }, 'A token of this buyer, good for a day.')
export type DevToken = Static<typeof DevToken>
