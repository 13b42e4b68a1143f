import type { Outcome } from '@flash-sale/contract/client'
import { askPatiently, type ComeBack, type Patience } from './patience.ts'

/** Calls until the answer is definite or the patience ends: after no answer, and as long as the service says "not now". */
export function callPatiently<Value>(
  call: () => Promise<Outcome<Value>>,
  patience?: Patience,
): Promise<Outcome<Value>> {
  return askPatiently(call, comeBackAfter, patience)
}

function comeBackAfter(outcome: Outcome<unknown>): ComeBack {
  if (outcome.ok) return 'NEVER'
  const { problem } = outcome
  if (problem.code === 'NO_ANSWER') return {}
  return problem.retryAfterMs === undefined ? 'NEVER' : { afterMs: problem.retryAfterMs }
}
