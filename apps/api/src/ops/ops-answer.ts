import { answerWithin } from '@flash-sale/runtime/answer-within'
import { OverloadedError } from '@flash-sale/runtime/bounded-work'

/** How long an operator's action waits for an item that another holder has, for example to rebuild a large ledger. */
export const holdWaitMs = 5_000

const opsAnswerMs = 12_000

/** Steps of operators' actions under way in this process, including those that timed out and still run. */
let underWayCount = 0
const underWayMax = 32

/** Bounds the time of an operator's action. After it the answer is UNAVAILABLE, and the work may still be done. */
export function opsAnswer<T>(work: Promise<T>): Promise<T> {
  underWayCount += 1
  const ended = () => void (underWayCount -= 1)
  work.then(ended, ended)
  return answerWithin(work, opsAnswerMs, 'the action')
}

/** A hook of operators' routes. It refuses actions while too many steps are under way, since steps that timed out still run. */
export async function refuseTooManyActions(): Promise<void> {
  if (underWayCount >= underWayMax) throw new OverloadedError('too many actions are under way')
}
