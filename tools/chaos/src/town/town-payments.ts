import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import type { TownProcess } from './town-process.ts'

/** The payment provider of the town. No fault strikes it: what it has is what really happened to the money. */
export interface TownPayments extends SimulatedPayments {
  /** What processes need to reach it. */
  readonly env: Readonly<Record<string, string>>
  /** From now on each API is told in turn, wherever it listens by then. */
  readonly tellEachOf: (apis: readonly TownProcess[]) => void
}

/** Longer than a webhook takes, shorter than any fault. */
const tellOtherEveryMs = 300

export async function startTownPayments(): Promise<TownPayments> {
  const payments = await startSimulatedPayments()
  let turning: NodeJS.Timeout | undefined
  return {
    ...payments,
    env: {
      PAYMENT_PROVIDER: 'simulated',
      SIMULATED_PAYMENTS_URL: payments.url,
      SIMULATED_PAYMENTS_SECRET: payments.secret,
    },
    tellEachOf(apis) {
      let turn = 0
      const tellNext = () => {
        turn += 1
        payments.tellTo(apis[turn % apis.length]!.url())
      }
      tellNext()
      turning = setInterval(tellNext, tellOtherEveryMs)
    },
    async close() {
      clearInterval(turning)
      await payments.close()
    },
  }
}
