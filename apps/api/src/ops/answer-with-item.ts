import { finishRestock } from '@flash-sale/upkeep/restock-item'
import type { Stores } from '@flash-sale/upkeep/stores'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import type { ActAnswer } from './perform-act.ts'
import { viewItemById } from './view-item.ts'

/** The answer to an act on an item: the item as it is now. */
export async function answerWithItem(stores: Stores, itemId: number): Promise<ActAnswer> {
  const view = await opsAnswer(viewItemById(stores, itemId))
  return view ? { status: 200, body: view } : { problem: 'ITEM_NOT_FOUND' }
}

/** The answer to an act that changed an item's total. A resumed act may have left the ledger behind. */
export async function answerWithNewTotal(stores: Stores, itemId: number, isResumed: boolean): Promise<ActAnswer> {
  if (isResumed) await opsAnswer(finishRestock(stores, itemId, holdWaitMs))
  return answerWithItem(stores, itemId)
}
