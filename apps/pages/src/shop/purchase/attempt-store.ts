import { randomKey } from '../../server/random-key.ts'
import type { KeptText } from '../session/kept-text.ts'

/** One attempt to buy. It is kept before it is first sent, so that whatever happens to the page, it is sent again under the same key. */
export interface Attempt {
  /** The idempotency key. */
  readonly key: string
  readonly itemId: number
  readonly quantity: number
  /** When the buyer pressed, in ms of the browser's own clock: it is compared with nothing else. */
  readonly pressedAtMs: number
  /** It was refused, so nothing was taken. The key may serve again, but only when the buyer presses again. */
  readonly isResting: boolean
  /** Known once the service said that it does not know what became of the order. */
  readonly orderId?: string
}

export interface AttemptStore {
  readonly find: (itemId: number) => Attempt | undefined
  /** The attempt that a press is for: the one under way if there is one, else a new one. */
  readonly begin: (itemId: number, quantity: number) => Attempt
  readonly keep: (attempt: Attempt) => void
  /** An order was accepted under this attempt's key: the next press is a new attempt. */
  readonly settle: (attempt: Attempt) => void
}

interface StoreOptions {
  readonly kept: KeptText
  readonly buyer: string
  readonly makeKey?: () => string
  readonly nowMs?: () => number
}

/**
 * The attempts of a buyer, one an item. A key serves until an order was accepted under it, also across refusals: they are not
 * remembered by the service, and a sending that was held up on the way can then never become a second order.
 */
export function createAttemptStore({ kept, buyer, makeKey = randomKey, nowMs = Date.now }: StoreOptions): AttemptStore {
  const nameOf = (itemId: number) => `flash-sale.attempt:${itemId}:${buyer}`

  function find(itemId: number): Attempt | undefined {
    const attempt = parseAttempt(kept.get(nameOf(itemId)))
    return attempt?.itemId === itemId ? attempt : undefined
  }

  function keep(attempt: Attempt): void {
    kept.set(nameOf(attempt.itemId), JSON.stringify(attempt))
  }

  return {
    find,
    keep,
    begin(itemId, quantity) {
      const before = find(itemId)
      const isSame = before && (!before.isResting || before.quantity === quantity)
      const attempt: Attempt = isSame
        ? { ...before, isResting: false, pressedAtMs: nowMs() }
        : { key: makeKey(), itemId, quantity, pressedAtMs: nowMs(), isResting: false }
      keep(attempt)
      return attempt
    },
    settle({ itemId, key }) {
      // Another tab of this buyer may have settled it before, and begun the next.
      if (find(itemId)?.key === key) kept.remove(nameOf(itemId))
    },
  }
}

/** What is kept may have been written by an older page, or by hand. */
function parseAttempt(text: string | undefined): Attempt | undefined {
  try {
    const attempt: Partial<Attempt> | null = JSON.parse(text ?? 'null')
    const isWhole =
      typeof attempt?.key === 'string' &&
      Number.isInteger(attempt.itemId) &&
      Number.isInteger(attempt.quantity) &&
      Number.isFinite(attempt.pressedAtMs) &&
      typeof attempt.isResting === 'boolean'
    return isWhole ? (attempt as Attempt) : undefined
  } catch {
    return undefined
  }
}
