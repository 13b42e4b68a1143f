import {
  isAccepted,
  orderOutcomes,
  letterOfVerdict,
  type LedgerVerdict,
  type OrderOutcome,
} from '@flash-sale/contract/order-outcomes'
import { createBatchFlights, type SendTogether } from './batch-flights.ts'
import type { OrderToReserve } from './reserve.ts'
import type { BatchOutcome, SendBatch } from './reserve-strategy.ts'
import { throwApart } from './throw-apart.ts'

/** What a buyer's order came to. */
export type Reservation =
  /** `firstId`, in short: a keyless order was REPLAYED as this earlier one, which is then the buyer's order. */
  { readonly kind: LedgerVerdict; readonly firstId?: string } | { readonly kind: Exclude<OrderOutcome, LedgerVerdict> }

/** A batch of which at least one order was reserved: the worker's doorbell is to be rung for its outbox entry. */
export interface AcceptedBatch {
  readonly itemId: number
  readonly epoch: number
  readonly entryId: string
  readonly orderCount: number
}

export interface BatcherOptions {
  readonly send: SendBatch
  /** Runs the sends of one turn. By default each of them writes for itself. */
  readonly sendTogether?: SendTogether
  /** Orders a script. 256 keep Redis busy for about 1.6 ms, and cost an order no more than 1,024 would. */
  readonly batchSizeMax: number
  /** Orders that may wait in this process; one more is shed. Bounds memory and the time that a queue may hide. */
  readonly pendingCountMax: number
  /** How long a buyer waits for a definite answer. */
  readonly deadlineMs: number
  readonly onAccepted: (batch: AcceptedBatch) => void
  /** Told of each batch that Redis answered, and how long that took. */
  readonly onBatchAnswered?: (orderCount: number, durationMs: number) => void
  /** Told of a failed sending; it is repeated until the orders' deadlines. */
  readonly onError: (error: unknown, itemId: number) => void
}

export interface ReservationBatcher {
  /**
   * Calls `answer` exactly once, and never with a failure: every outcome is a value. It is no promise because on a path as hot as
   * this one the promises of an order, and the async functions around them, cost a twentieth of it.
   */
  reserve(itemId: number, order: OrderToReserve, answer: Answer): void
  /** Orders waiting in this process, sent or not. */
  readonly pendingCount: number
  /** Resolves when every order has its answer; new ones are shed from now on. */
  close(): Promise<void>
}

type Answer = (reservation: Reservation) => void

interface Waiting {
  readonly order: OrderToReserve
  readonly deadlineAtMs: number
  /** A sending of it went without its reply: a refusal is not definite any more. */
  ambiguous: boolean
  answer: Answer | undefined
}

interface Lane {
  readonly itemId: number
  waiting: Waiting[]
  /** The batch in hand. */
  sending: Waiting[]
  /** It is on its way to Redis: from now on only a reply makes an outcome definite. */
  sent: boolean
}

interface Judgement {
  readonly reservation: Reservation
  readonly isFinal: boolean
}

/** Made once, so that an order costs one look-up: an outcome has nothing of its order's own. */
const judgements = Object.fromEntries(
  (Object.keys(letterOfVerdict) as LedgerVerdict[]).map((kind): [LedgerVerdict, Judgement] => [
    kind,
    { reservation: { kind }, isFinal: orderOutcomes[kind].isFinal },
  ]),
) as Record<LedgerVerdict, Judgement>

const deadlineCheckMs = 25
const retryAfterErrorMs = 50
const busyWaitMaxMs = 25

/**
 * Gathers the orders of each item into batches: one batch under way per item and process; the next gathers meanwhile, so that batches
 * grow exactly when there is load. The first goes off at the end of a turn of the event loop, with every order that this turn read
 * from its sockets: there is no timer, so an order alone waits for nobody. Batches of several items go off together (BatchFlights). Each
 * order has its deadline, each process its bound.
 */
export function createReservationBatcher(options: BatcherOptions): ReservationBatcher {
  const lanes = new Map<number, Lane>()
  let pendingCount = 0
  let closing = false
  let ticker: NodeJS.Timeout | undefined
  let onIdle: (() => void) | undefined
  const flights = createBatchFlights(options.sendTogether ?? ((sends) => sends()))
  const endOfTurn = createEndOfTurn()

  function settle(waiting: Waiting, reservation: Reservation): void {
    const { answer } = waiting
    if (!answer) return
    waiting.answer = undefined
    try {
      answer(reservation)
    } catch (error) {
      throwApart(error)
    }
    pendingCount -= 1
    if (pendingCount > 0) return
    clearInterval(ticker)
    ticker = undefined
    onIdle?.()
  }

  /** A refusal is definite only when no sending of this order went without its reply. */
  function settleRefused(waiting: Waiting, reservation: Reservation): void {
    settle(waiting, waiting.ambiguous ? { kind: 'OUTCOME_UNKNOWN' } : reservation)
  }

  function checkDeadlines(): void {
    const now = performance.now()
    for (const lane of lanes.values()) {
      for (const waiting of lane.sending) {
        if (waiting.deadlineAtMs > now) continue
        if (lane.sent) settle(waiting, { kind: 'OUTCOME_UNKNOWN' })
        else settleRefused(waiting, { kind: 'BUSY' })
      }
      let lateCount = 0
      while (lane.waiting[lateCount] && lane.waiting[lateCount]!.deadlineAtMs <= now) lateCount += 1
      for (const late of lane.waiting.splice(0, lateCount)) settleRefused(late, { kind: 'OVERLOADED' })
    }
    flights.checkTime()
  }

  async function drive(lane: Lane): Promise<void> {
    await endOfTurn()
    while (lane.waiting.length > 0) {
      // Redis works on the next flight while the buyers of this one are answered.
      flights.afterDeparture(await sendNext(lane))
      if (lane.waiting.length === 0) await endOfTurn()
    }
    lanes.delete(lane.itemId)
  }

  /** Sends the next batch with the next flight. */
  function sendNext(lane: Lane): Promise<() => void> {
    return new Promise((resolve) => {
      flights.board({
        waitingCount: () => lane.waiting.length,
        depart(countMax, landed) {
          lane.sending = lane.waiting.splice(0, Math.min(countMax, options.batchSizeMax))
          const { length } = lane.sending
          if (length === 0) landed()
          resolve(sendUntilJudged(lane, landed))
          return length
        },
      })
    })
  }

  /** Sends what is in hand until its ledger has judged it, and gives what then answers its buyers. `landed`: see Passenger. */
  async function sendUntilJudged(lane: Lane, landed: () => void): Promise<() => void> {
    for (let isFirst = true; lane.sending.length > 0; isFirst = false) {
      let pauseMs: number
      try {
        // The flight waits for no second sending.
        const outcome = await (isFirst ? sendOnce(lane).finally(landed) : sendOnce(lane))
        lane.sent = false
        const { sending } = lane
        if (outcome.kind !== 'BUSY') return () => settleAll(lane.itemId, sending, outcome)
        pauseMs = Math.min(outcome.retryAfterMs, busyWaitMaxMs)
      } catch (error) {
        options.onError(error, lane.itemId)
        for (const waiting of lane.sending) waiting.ambiguous ||= lane.sent
        lane.sent = false
        pauseMs = retryAfterErrorMs
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      lane.sending = lane.sending.filter(isUnanswered)
    }
    return () => undefined
  }

  async function sendOnce(lane: Lane): Promise<BatchOutcome> {
    let sentAtMs = 0
    const outcome = await options.send(lane.itemId, () => {
      if (!lane.sending.every(isUnanswered)) lane.sending = lane.sending.filter(isUnanswered)
      lane.sent = true
      sentAtMs = performance.now()
      return lane.sending.map((waiting) => waiting.order)
    })
    if (lane.sent) options.onBatchAnswered?.(lane.sending.length, performance.now() - sentAtMs)
    return outcome
  }

  function settleAll(
    itemId: number,
    batch: readonly Waiting[],
    outcome: Exclude<BatchOutcome, { kind: 'BUSY' }>,
  ): void {
    if (outcome.kind === 'NOT_LOADED') {
      for (const waiting of batch) settleRefused(waiting, { kind: 'NOT_LOADED' })
      return
    }
    const { verdicts, entry, epoch } = outcome
    let orderCount = 0
    for (let i = 0; i < batch.length; i += 1) {
      const waiting = batch[i]!
      const kind = verdicts[i]!
      if (kind === 'RESERVED') orderCount += 1
      if (outcome.isUnconfirmed && isAccepted(kind)) {
        settle(waiting, { kind: 'OUTCOME_UNKNOWN' })
        continue
      }
      waiting.ambiguous ||= outcome.resent === true
      // That other sending may be under way yet, and find stock or an open window where this one did not.
      const firstId = outcome.firstIds?.get(i)
      // Its own id is not in the ledger: to a sending that arrives later the earlier order may be too old.
      if (firstId !== undefined) {
        settleRefused(waiting, { kind, firstId })
        continue
      }
      const { reservation, isFinal } = judgements[kind]
      if (isFinal) settle(waiting, reservation)
      else settleRefused(waiting, reservation)
    }
    if (entry) options.onAccepted({ itemId, epoch, entryId: entry.id, orderCount })
  }

  return {
    reserve(itemId, order, answer) {
      if (closing || pendingCount >= options.pendingCountMax) return answer({ kind: 'OVERLOADED' })
      pendingCount += 1
      ticker ??= setInterval(checkDeadlines, deadlineCheckMs)
      const waiting: Waiting = { order, deadlineAtMs: performance.now() + options.deadlineMs, ambiguous: false, answer }
      const lane = lanes.get(itemId)
      if (lane) {
        lane.waiting.push(waiting)
        return
      }
      const opened: Lane = { itemId, waiting: [waiting], sending: [], sent: false }
      lanes.set(itemId, opened)
      void drive(opened)
    },
    get pendingCount() {
      return pendingCount
    },
    async close() {
      closing = true
      if (pendingCount > 0) await new Promise<void>((resolve) => (onIdle = resolve))
    },
  }
}

/**
 * Resolves after all that a turn of the event loop found readable: a burst of orders is one batch, and not one order and then the rest.
 * Everybody who waits in a turn goes on together, so that their batches can travel together.
 */
function createEndOfTurn(): () => Promise<void> {
  let end: Promise<void> | undefined
  return () =>
    (end ??= new Promise((resolve) => {
      setImmediate(() => {
        end = undefined
        resolve()
      })
    }))
}

function isUnanswered(waiting: Waiting): boolean {
  return waiting.answer !== undefined
}
