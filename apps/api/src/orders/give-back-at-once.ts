import { answerWithin } from '@flash-sale/runtime/answer-within'
import { giveBack } from '@flash-sale/upkeep/give-back'
import type { FastifyBaseLogger } from 'fastify'
import type { ApiContext } from '../api-context.ts'

/** The order has ended by then. The sweep gives its units back otherwise. */
const giveBackWithinMs = 1_000

/** Gives the units of an order (UUID) that has just ended back to the ledger. Never rejects: what fails is left to the sweep. */
export async function giveBackAtOnce(
  stores: ApiContext['stores'],
  itemId: number,
  orderId: string,
  log: FastifyBaseLogger,
): Promise<void> {
  await answerWithin(giveBack(stores, itemId, [orderId]), giveBackWithinMs, 'Redis').catch((error: unknown) => {
    log.warn({ err: error, itemId }, 'the units of a cancelled order are left to the sweep')
  })
}
