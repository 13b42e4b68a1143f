import {
  endBatchSizeMax,
  expireDueOrders,
  hasOrdersToEnd,
  listItemsWithDueOrders,
} from '@flash-sale/database/end-orders'
import { listReturningItems } from '@flash-sale/database/returning-orders'
import { giveBack, giveBackCountMax } from '@flash-sale/upkeep/give-back'
import { createHands } from './hands.ts'
import type { MendContext } from './mend-item.ts'
import type { Sweep } from './sweep.ts'

/** Items in hand at a time, so that one whose row or ledger is held does not delay the others. */
const inHandMax = 4
/** Orders that have been returning for longer were left by a process that was stopped, or the ledger took nothing then. */
const returningForMs = 1_000

/**
 * The sweep of orders whose time to pay is over, and of ended orders whose units are not known to be back in the ledger. Any number of
 * workers may sweep: the row of the item has one of them expire an order, and the ledger gives its units back once.
 */
export function createUnpaidSweep(context: Pick<MendContext, 'stores' | 'logger' | 'signal'>): Sweep {
  const { stores, logger, signal } = context
  const hands = createHands(inHandMax)

  async function expire(itemId: number): Promise<boolean> {
    let expiredCount = 0
    while (!signal.aborted) {
      const orderIds = await expireDueOrders(stores.database, itemId, endBatchSizeMax)
      expiredCount += orderIds.length
      if (orderIds.length > 0) await giveBackAndTell(itemId, orderIds)
      if (orderIds.length < endBatchSizeMax) break
    }
    if (expiredCount > 0) logger.info({ itemId, expiredCount }, 'orders that were not paid in time expired')
    return expiredCount > 0
  }

  async function giveBackOld(itemId: number): Promise<boolean> {
    let isChanged = false
    while (!signal.aborted) {
      const countBack = await giveBackAndTell(itemId)
      isChanged ||= countBack > 0
      if (countBack < giveBackCountMax) break
    }
    return isChanged
  }

  async function giveBackAndTell(itemId: number, orderIds?: readonly string[]): Promise<number> {
    const given = await giveBack(stores, itemId, orderIds)
    if (given.kind === 'LATER') return 0
    if (given.unknownIds.length > 0) {
      logger.error(
        { itemId, orderIds: given.unknownIds },
        'the ledger does not know orders that ended: no units came back',
      )
    }
    return given.count
  }

  async function takeAll(itemIds: readonly number[], work: (itemId: number) => Promise<boolean>): Promise<void> {
    for (const itemId of itemIds) {
      if (signal.aborted) return
      await hands.take(itemId, () => neverRejecting(itemId, work))
    }
  }

  async function neverRejecting(itemId: number, work: (itemId: number) => Promise<boolean>): Promise<boolean> {
    return work(itemId).catch((error: unknown) => {
      logger.warn({ itemId, err: error }, 'the orders of an item could not be ended; the sweep tries again')
      return false
    })
  }

  return {
    async look() {
      if (!(await hasOrdersToEnd(stores.database))) return { isLast: true }
      await takeAll(await listItemsWithDueOrders(stores.database), expire)
      await takeAll(await listReturningItems(stores.database, returningForMs), giveBackOld)
      return { isLast: true }
    },
    get mendedCount() {
      return hands.changedCount
    },
    settled: () => hands.settled(),
  }
}
