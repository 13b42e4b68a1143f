import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@flash-sale/database/connect'
import { findMoneyDue, takeDuePayments, type DuePayment } from '@flash-sale/database/due-payments'
import { readKnownItems } from '@flash-sale/database/items'
import { takeDueRefunds, type DueRefund } from '@flash-sale/database/refunds'
import { createLocks } from '@flash-sale/lock/locks'
import { providerAnswerMs, type PaymentProvider } from '@flash-sale/payments/payment-provider'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { createReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch } from '@flash-sale/stock/reserve-strategy'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { createTroubleLog } from '../trouble-log.ts'
import { buyAgain } from './buy-again.ts'
import { checkPayment } from './check-payment.ts'
import { makeRefund } from './make-refund.ts'

export interface PaymentWorkOptions {
  readonly redis: Redis
  readonly database: Database
  /** Undefined: payments are off. Late money still buys orders. */
  readonly provider: PaymentProvider | undefined
  readonly logger: Logger
  /** Persists what waits in the outbox of an item. */
  readonly drain: (itemId: number) => Promise<void>
  /** Whether the stores belong together. */
  readonly mayMend: () => boolean
  readonly lookEveryMs?: number
}

export interface PaymentWork {
  /** Takes no more work, finishes the work in hand, and resolves. */
  close(): Promise<void>
}

/** Payments, or refunds, that one look takes. Each may wait for the provider. */
const countMax = 20
/** A worker that died leaves what it took to the others after this. Longer than the work takes. */
const againMs = 3 * providerAnswerMs
const lookEveryMsDefault = 1_000
/** How long late money waits for the ledger's answer. */
const deadlineMs = 3_000

/**
 * Looks each second for payments whose webhook did not come, for late money that is to buy an order, and for refunds that are due. Each row
 * is taken by one worker at a time. Nothing is remembered in the process.
 */
export function startPayments(options: PaymentWorkOptions): PaymentWork {
  const { redis, database, provider, logger, drain, mayMend, lookEveryMs = lookEveryMsDefault } = options
  const stopping = new AbortController()
  const trouble = createTroubleLog(logger, 'the work on payments')
  const locks = createLocks(redis)
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  const batcher = createReservationBatcher({
    send: createSendBatch('gate', redis, ledgers, locks),
    batchSizeMax: countMax,
    pendingCountMax: countMax,
    deadlineMs,
    onAccepted: () => undefined,
    onError: () => undefined,
  })

  async function look(): Promise<void> {
    const isDue = await findMoneyDue(database)
    const payments = isDue.payments ? await takeDuePayments(database, countMax, againMs) : []
    const refunds = provider && isDue.refunds ? await takeDueRefunds(database, countMax, againMs) : []
    const done = await Promise.allSettled([...payments.map(workOn), ...refunds.map(giveBack)])
    const failed = done.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  async function workOn(payment: DuePayment): Promise<void> {
    if (payment.state === 'late') {
      const settled = await buyAgain({ redis, database, ledgers, batcher, drain }, payment)
      logger.info({ paymentId: payment.id, settled }, 'late money was worked on')
    } else if (provider?.name === payment.provider) await checkPayment(database, provider, payment)
  }

  async function giveBack(refund: DueRefund): Promise<void> {
    if (provider?.name === refund.provider) return makeRefund(database, provider, refund, logger)
    logger.warn({ paymentId: refund.paymentId }, `a refund waits: PAYMENT_PROVIDER is not ${refund.provider}`)
  }

  async function lookUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (mayMend()) {
        await look().then(
          () => trouble.worked(),
          (error: unknown) => trouble.failed(error),
        )
      }
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  const looking = lookUntilStopped()
  return {
    async close() {
      stopping.abort()
      await looking
      await batcher.close()
      locks.close()
    },
  }
}
