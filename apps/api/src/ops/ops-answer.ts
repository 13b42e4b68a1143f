import { answerWithin } from '@flash-sale/runtime/answer-within'

/** How long an operator's action waits for its turn at an item: somebody else may be rebuilding a large one. */
export const holdWaitMs = 5_000

const opsAnswerMs = 12_000

/** Bounds an operator's action, whatever a store does: UNAVAILABLE, and the work may still be done. */
export function opsAnswer<T>(work: Promise<T>): Promise<T> {
  return answerWithin(work, opsAnswerMs, 'the action')
}
