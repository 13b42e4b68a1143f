import { randomKey } from '../../server/random-key.ts'
import type { KeptText } from '../../browser/kept-text.ts'

/** One attempt to buy. The page keeps it before the first sending, so that even after a reload it is sent again under the same key. */
export interface Attempt {
  /** The idempotency key. */
  readonly key: string
  readonly itemId: number
  readonly quantity: number
  /** When the buyer pressed, in ms by the browser's own clock. It is compared only with that clock. */
  readonly pressedAtMs: number
  /** The service refused the attempt and took nothing. The next press may use the key again. */
  readonly isResting: boolean
  /** Whether the service may have accepted an order already. Absent: the page was closed before it knew. */
  readonly isUnsure?: boolean
  /** Known after the answer OUTCOME_UNKNOWN, which names the order. */
  readonly orderId?: string
}

export interface AttemptStore {
  readonly find: (itemId: number) => Attempt | undefined
  /** The attempt of a press: the attempt under way, or else a new one. */
  readonly begin: (itemId: number, quantity: number) => Attempt
  readonly keep: (attempt: Attempt) => void
  /** Ends the attempt, since an order was accepted under its key. The next press is a new attempt. */
  readonly settle: (attempt: Attempt) => void
}

interface StoreOptions {
  readonly kept: KeptText
  readonly buyer: string
  readonly makeKey?: () => string
  readonly nowMs?: () => number
}

/**
 * The attempts of a buyer, one for each item. An attempt keeps its key until an order is accepted under it, also after refusals. So a
 * sending that is late can never become a second order. The service does not remember refusals.
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
      // Another tab of this buyer may have settled this attempt and begun the next one.
      if (find(itemId)?.key === key) kept.remove(nameOf(itemId))
    },
  }
}

/** An older version of this page, or a person, may have written the text. */
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
