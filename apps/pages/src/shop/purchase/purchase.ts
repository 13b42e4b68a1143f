import type { Outcome } from '@flash-sale/contract/client'
import type { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import type { Attempt, AttemptStore } from './attempt-store.ts'
import { judgeAnswer, type Refusal, type RetryReason, type Verdict } from './judge-answer.ts'
import { retryWaitMs, sendingCountMax } from './retry-schedule.ts'
import { waitFor } from './wait-for.ts'

/** Where a buyer stands with an item, apart from orders that were accepted. `isUnsure`: an order may have been taken already. */
export type PurchaseState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sending'; readonly attempt: Attempt; readonly sendingCount: number; readonly isUnsure: boolean }
  | {
      readonly kind: 'waiting'
      readonly attempt: Attempt
      readonly reason: RetryReason
      readonly isUnsure: boolean
      /** On the clock of performance.now(). */
      readonly sendsAgainAtMs: number
    }
  /** A definite no: nothing was taken. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly orderIds?: readonly string[] }
  /** It was sent as often as it is by itself; the buyer may go on, under the same key. */
  | { readonly kind: 'stuck'; readonly attempt: Attempt; readonly isUnsure: boolean }
  | { readonly kind: 'signedOut' }

export interface PurchaseTools {
  readonly itemId: number
  readonly attempts: AttemptStore
  readonly placeOrder: (attempt: Attempt) => Promise<Outcome<OrderAccepted>>
  readonly readOrder: (orderId: string) => Promise<Outcome<OrderView>>
  /** Time to the opening of the sale, in ms; negative once it is open. */
  readonly opensInMs: () => number
  readonly onAccepted: (orderId: string, attempt: Attempt) => void
  readonly nowMs?: () => number
  readonly random?: () => number
  /** Resolves after `ms`, or when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Purchase {
  readonly state: () => PurchaseState
  readonly subscribe: (onChange: () => void) => () => void
  /** The buyer wants this many units. Does nothing while an attempt is under way. */
  readonly buy: (quantity: number) => void
  /** Goes on with what a reload or a closed tab interrupted. */
  readonly resume: () => void
  /** Ends a wait before the next sending, for example because the network is back. */
  readonly sendNow: () => void
  /** Forgets a refusal that is out of date. */
  readonly dismiss: () => void
  /** Begins no other sending. An attempt under way stays kept. */
  readonly stop: () => void
}

/** A press that is older than this was for another occasion: it is not sent again unless the buyer says so. */
export const resumedWithinMs = 10 * 60_000

/** Carries a buyer's attempts to buy one item through, one at a time, whatever the network and the service do. */
export function createPurchase(tools: PurchaseTools): Purchase {
  const { itemId, attempts, nowMs = Date.now } = tools
  const listeners = new Set<() => void>()
  let isStopped = false
  let waiting: AbortController | undefined
  let state: PurchaseState = { kind: 'ready' }

  function show(next: PurchaseState): void {
    state = next
    for (const listener of listeners) listener()
  }

  async function run(first: Attempt, isResumed: boolean): Promise<void> {
    let attempt = first
    let isUnsure = isResumed
    for (let sendingCount = 1; ; sendingCount += 1) {
      show({ kind: 'sending', attempt, sendingCount, isUnsure })
      const verdict = await ask(attempt)
      if (verdict.kind !== 'AGAIN') return conclude(verdict, attempt)
      isUnsure ||= verdict.isUnsure
      if (verdict.orderId) attempts.keep((attempt = { ...attempt, orderId: verdict.orderId }))
      if (sendingCount === sendingCountMax) return show({ kind: 'stuck', attempt, isUnsure })
      if (!isStopped) await pause(attempt, verdict, sendingCount, isUnsure)
      if (isStopped) return
    }
  }

  /** Asks for the order first where its id is known, since it may be there; sending again under the key answers the rest. */
  async function ask(attempt: Attempt): Promise<Verdict> {
    const found = attempt.orderId === undefined ? undefined : await tools.readOrder(attempt.orderId)
    if (found?.ok) return { kind: 'ACCEPTED', orderId: found.value.orderId }
    return judgeAnswer(await tools.placeOrder(attempt), tools.opensInMs())
  }

  function conclude(verdict: Exclude<Verdict, { kind: 'AGAIN' }>, attempt: Attempt): void {
    switch (verdict.kind) {
      case 'ACCEPTED':
        // Remembered before the attempt is let go: a page closed between the two asks once more and gets the same order.
        tools.onAccepted(verdict.orderId, attempt)
        attempts.settle(attempt)
        return show({ kind: 'ready' })
      case 'REFUSED':
        attempts.keep({ ...attempt, isResting: true })
        return show({ ...verdict, kind: 'refused' })
      case 'SIGNED_OUT':
        return show({ kind: 'signedOut' })
    }
  }

  async function pause(
    attempt: Attempt,
    { reason, retryAfterMs }: Extract<Verdict, { kind: 'AGAIN' }>,
    sendingCount: number,
    isUnsure: boolean,
  ): Promise<void> {
    const ms = retryWaitMs({ sendingCount, retryAfterMs, ...(tools.random && { random: tools.random }) })
    waiting = new AbortController()
    show({ kind: 'waiting', attempt, reason, isUnsure, sendsAgainAtMs: performance.now() + ms })
    await (tools.wait ?? waitFor)(ms, waiting.signal)
  }

  const isUnderWay = () => state.kind === 'sending' || state.kind === 'waiting'

  return {
    state: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    buy(quantity) {
      if (isUnderWay() || isStopped) return
      const isUnsure = state.kind === 'stuck' && state.isUnsure
      void run(attempts.begin(itemId, quantity), isUnsure)
    },
    resume() {
      const attempt = attempts.find(itemId)
      if (isUnderWay() || !attempt || attempt.isResting) return
      if (nowMs() - attempt.pressedAtMs > resumedWithinMs) return show({ kind: 'stuck', attempt, isUnsure: true })
      void run(attempt, true)
    },
    sendNow: () => waiting?.abort(),
    dismiss() {
      if (state.kind === 'refused') show({ kind: 'ready' })
    },
    stop() {
      isStopped = true
      waiting?.abort()
    },
  }
}
