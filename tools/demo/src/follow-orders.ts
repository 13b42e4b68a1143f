import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import { callPatiently } from '@flash-sale/kit/call-patiently'
import { pressPay } from '@flash-sale/kit/press-pay'
import type { StormTally } from './storm-tally.ts'

/** What a buyer does with an accepted order. */
export type Intent = 'pays' | 'leaves' | 'cancels' | 'pays too late'

/** As often as they stand here. Their number has no common factor with that of the habits in storm.ts, so each meets each. */
const intents: readonly Intent[] = [
  'pays',
  'leaves',
  'pays',
  'pays',
  'cancels',
  'pays',
  'pays',
  'pays',
  'leaves',
  'pays',
  'pays',
  'pays too late',
  'pays',
  'pays',
  'leaves',
  'cancels',
  'pays',
]

export function intentOf(buyerNumber: number): Intent {
  return intents[buyerNumber % intents.length]!
}

export interface HeldOrder {
  readonly orderId: string
  /** The buyer's. */
  readonly token: string
  readonly intent: Intent
}

export interface Following {
  /** The buyer goes on with the order as soon as there is room. */
  readonly add: (order: HeldOrder) => void
  /** The buyer goes on with the order now. Never rejects. */
  readonly now: (order: HeldOrder) => Promise<void>
  readonly isIdle: () => boolean
  /** Whether orders wait for longer than on a machine that keeps up: then buyers should come more slowly. */
  readonly isBehind: () => boolean
  /** Resolves once every order that was added is done. */
  readonly end: () => Promise<void>
}

/** Orders at one moment. Half of the buyers in storm.ts: on a busy machine too most of those who pay come to it in time. */
const atOnce = 48
const lookEveryMs = 10
/** A part of the time to pay. */
const behindAfterMs = 1_000
/** The order is stored within milliseconds. Shorter than the service asks for, so that buyers pay while the storm lasts. */
const pauseMs = 150

/** Lets buyers pay, cancel or leave the orders that they got, over the API and the pay page of the provider. */
export function followOrders({
  apiUrl,
  tally,
  signal,
}: {
  readonly apiUrl: string
  readonly tally: StormTally
  readonly signal: AbortSignal
}): Following {
  const waiting: { readonly step: Step; readonly sinceMs: number }[] = []
  const pages: Step[] = []
  let underWayCount = 0
  let isEnding = false

  /** Begins to pay, or cancels, which the time to pay bounds. Returns what is left to do. */
  async function follow({ orderId, token, intent }: HeldOrder): Promise<Step | undefined> {
    if (intent === 'leaves') return undefined
    const buyer = createClient({ baseUrl: apiUrl, token })
    const patience = { pauseMs, signal }
    const begun = intent === 'cancels' ? undefined : await callPatiently(() => buyer.beginPayment(orderId), patience)
    // On a busy machine it may be too late.
    if (begun && !begun.ok && begun.problem.code === 'ORDER_ENDED') return undefined
    if (begun && !begun.ok) throw new Error(begun.problem.detail)
    if (intent !== 'pays') {
      const cancelled = await callPatiently(() => buyer.cancelOrder(orderId), patience)
      if (!cancelled.ok && cancelled.problem.code !== 'ORDER_ENDED') throw new Error(cancelled.problem.detail)
    }
    if (!begun) return undefined
    const { url } = begun.value
    return async () => {
      await pressPay(url)
      if (intent === 'pays too late') tally.paidTooLate += 1
      return undefined
    }
  }

  async function take(step: Step): Promise<Step | undefined> {
    underWayCount += 1
    try {
      return await step()
    } catch (error) {
      if (!signal.aborted) tally.unanswered.push(error instanceof Error ? error.message : String(error))
      return undefined
    } finally {
      underWayCount -= 1
    }
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      const step = waiting.shift()?.step ?? pages.shift()
      if (step) {
        const next = await take(step)
        if (next) pages.push(next)
      } else if (isEnding) return
      else await sleep(lookEveryMs)
    }
  }

  const working = Promise.all(Array.from({ length: atOnce }, work))
  return {
    add: (order) => void waiting.push({ step: () => follow(order), sinceMs: performance.now() }),
    async now(order) {
      const next = await take(() => follow(order))
      if (next) await take(next)
    },
    isIdle: () => waiting.length + pages.length + underWayCount === 0,
    isBehind: () => performance.now() - (waiting[0]?.sinceMs ?? Infinity) > behindAfterMs,
    async end() {
      isEnding = true
      await working
    },
  }
}

/** Something that a buyer does. Resolves with what the buyer does after it. */
type Step = () => Promise<Step | undefined>
