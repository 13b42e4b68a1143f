import { answerWithin } from '@flash-sale/runtime/answer-within'
import { OverloadedError } from '@flash-sale/runtime/bounded-work'

/** How long an operator's action waits for its turn at an item: somebody else may be rebuilding a large one. */
export const holdWaitMs = 5_000

const opsAnswerMs = 12_000

/** Steps of operators' actions under way in this process, those included that nobody waits for any more. */
let underWayCount = 0
const underWayMax = 32

/** Bounds an operator's action, whatever a store does: UNAVAILABLE, and the work may still be done. */
export function opsAnswer<T>(work: Promise<T>): Promise<T> {
  underWayCount += 1
  const ended = () => void (underWayCount -= 1)
  work.then(ended, ended)
  return answerWithin(work, opsAnswerMs, 'the action')
}

/** A hook before operators' routes: what timed out goes on, so nothing new begins while so much of it is under way. */
export async function refuseTooManyActions(): Promise<void> {
  if (underWayCount >= underWayMax) throw new OverloadedError('too many actions are under way')
}
