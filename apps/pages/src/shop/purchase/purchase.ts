import type { Outcome } from '@flash-sale/contract/client'
import type { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import type { Attempt, AttemptStore } from './attempt-store.ts'
import { judgeAnswer, type Refusal, type RetryReason, type Verdict } from './judge-answer.ts'
import { retryWaitMs, sendingCountMax, waitFor } from './retry-schedule.ts'

/** The state of a buyer's purchase of an item, without accepted orders. `isUnsure`: the service may have accepted an order already. */
export type PurchaseState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sending'; readonly attempt: Attempt; readonly sendingCount: number; readonly isUnsure: boolean }
  | {
      readonly kind: 'waiting'
      readonly attempt: Attempt
      readonly reason: RetryReason
      readonly isUnsure: boolean
      /** By `performance.now()`. */
      readonly sendsAgainAtMs: number
    }
  /** The service definitely refused, and took nothing. */
  | RefusedPurchase
  /** The page stopped sending by itself. The buyer may continue under the same key. */
  | { readonly kind: 'stuck'; readonly attempt: Attempt; readonly isUnsure: boolean }
  | { readonly kind: 'signedOut' }

export interface RefusedPurchase {
  readonly kind: 'refused'
  readonly refusal: Refusal
  readonly orderIds?: readonly string[]
  /** The number of units that the service refused. */
  readonly quantity: number
  /** When the answer came, in ms by the browser's own clock. */
  readonly atMs: number
}

export interface PurchaseTools {
  readonly itemId: number
  readonly attempts: AttemptStore
  readonly placeOrder: (attempt: Attempt) => Promise<Outcome<OrderAccepted>>
  readonly readOrder: (orderId: string) => Promise<Outcome<OrderView>>
  /** Time to the opening of the sale, in ms; negative once the sale is open. */
  readonly opensInMs: () => number
  readonly onAccepted: (orderId: string, attempt: Attempt) => void
  /** Reads anew what the page believed before the refusal. The refusal shows once this is done, so that both show together. */
  readonly onRefused?: (refused: RefusedPurchase) => Promise<void>
  readonly nowMs?: () => number
  readonly random?: () => number
  /** Resolves after `ms`, or when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Purchase {
  readonly state: () => PurchaseState
  readonly subscribe: (onChange: () => void) => () => void
  /** Orders this many units. Does nothing while an attempt is under way. */
  readonly buy: (quantity: number) => void
  /** Continues an attempt that a reload or a closed tab interrupted. */
  readonly resume: () => void
  /** Ends the wait before the next sending, for example when the network is back. */
  readonly sendNow: () => void
  /** Forgets a refusal that is out of date. */
  readonly dismiss: () => void
  /** Begins no further sending. An attempt under way stays stored. */
  readonly stop: () => void
}

/** A press older than this is not sent again unless the buyer presses once more. */
export const resumedWithinMs = 10 * 60_000

/** Brings a buyer's attempts to buy one item to their end, one at a time, whatever the network and the service do. */
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
      if (verdict.kind !== 'AGAIN') return conclude(verdict, attempt, isUnsure)
      isUnsure ||= verdict.isUnsure
      if (verdict.orderId) attempts.keep((attempt = { ...attempt, orderId: verdict.orderId }))
      if (sendingCount === sendingCountMax) return show({ kind: 'stuck', attempt, isUnsure })
      if (!isStopped) await pause(attempt, verdict, sendingCount, isUnsure)
      if (isStopped) return
    }
  }

  /** Reads the order first if its id is known, since the order may exist. Otherwise another sending under the same key gives the answer. */
  async function ask(attempt: Attempt): Promise<Verdict> {
    const found = attempt.orderId === undefined ? undefined : await tools.readOrder(attempt.orderId)
    if (found?.ok) return { kind: 'ACCEPTED', orderId: found.value.orderId }
    return judgeAnswer(await tools.placeOrder(attempt), tools.opensInMs())
  }

  async function conclude(
    verdict: Exclude<Verdict, { kind: 'AGAIN' }>,
    attempt: Attempt,
    isUnsure: boolean,
  ): Promise<void> {
    switch (verdict.kind) {
      case 'ACCEPTED':
        // The order is remembered before the attempt is settled. A page that is closed in between sends once more and gets the same order.
        tools.onAccepted(verdict.orderId, attempt)
        attempts.settle(attempt)
        return show({ kind: 'ready' })
      case 'REFUSED': {
        const refused: RefusedPurchase = { ...verdict, kind: 'refused', quantity: attempt.quantity, atMs: nowMs() }
        attempts.keep({ ...attempt, isResting: true })
        await tools.onRefused?.(refused)
        return show(refused)
      }
      case 'SIGNED_OUT':
        // The attempt goes on once the buyer is signed in again.
        attempts.keep({ ...attempt, isUnsure })
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
      void run(attempt, attempt.isUnsure ?? true)
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
